"""Protocol U: a few labelled rows and many without labels; images, tables and texts."""
