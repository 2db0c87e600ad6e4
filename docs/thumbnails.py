"""Thumbnails of the gallery: the part of a figure that can be recognized when it is small.

sphinx-gallery shrinks a whole figure, titles, axes and all. Here a part of it is cut out instead.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

SIZE = (480, 336)
PARTS = {  # example: (figure, or picture in _static; left, top, right and bottom as shares of its size)
    "plot_quickstart": ("001", (0.555, 0.10, 0.985, 0.80)),
    "plot_mixed_table": ("001", (0.56, 0.055, 0.985, 0.685)),
    "plot_patients": ("001", (0.06, 0.01, 0.49, 0.74)),
    "plot_rows_on_demand": ("001", (0.545, 0.14, 1.0, 0.91)),
    "plot_alarm": ("001", (0.08, 0.36, 0.70, 0.89)),
    "plot_embeddings": ("001", (0.0, 0.0, 0.86, 1.0)),
    "plot_regression": ("001", (0.495, 0.06, 0.9, 0.93)),
    "plot_report_and_gate": ("002", (0.0, 0.02, 0.8, 0.88)),
    "plot_pipeline_gridsearch": ("001", (0.075, 0.08, 0.51, 0.88)),
    "plot_rows_in_parts": ("001", (0.66, 0.10, 1.0, 0.86)),
    "plot_digits": ("001", (0.0, 0.0, 0.505, 0.43)),
    "plot_unlabeled_digits": ("001", (0.0, 0.0, 0.5, 0.42)),
    "plot_unlabeled_texts": ("001", (0.51, 0.10, 0.99, 0.74)),
    "plot_numbers": ("001", (0.365, 0.06, 0.69, 0.92)),
    "plot_label_sets": ("001", (0.02, 0.38, 0.42, 0.98)),
    "plot_mnist_100": ("mnist_100.png", (0.0, 0.22, 0.435, 0.61)),
}


def cut_out(app) -> None:
    """Replace the thumbnails that sphinx-gallery has made."""
    docs = Path(app.srcdir)
    images = docs / "auto_examples" / "images"
    for example, (name, part) in PARTS.items():
        source = docs / "_static" / name if name.endswith(".png") else images / f"sphx_glr_{example}_{name}.png"
        picture = Image.open(source).convert("RGB")
        box = tuple(round(share * side) for share, side in zip(part, picture.size * 2, strict=True))
        thumbnail = ImageOps.fit(picture.crop(box), SIZE, Image.Resampling.LANCZOS)
        thumbnail.save(images / "thumb" / f"sphx_glr_{example}_thumb.png")


def setup(app):
    """Cut them out once the gallery has been made."""
    app.connect("builder-inited", cut_out, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
