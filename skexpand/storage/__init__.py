"""A fitted synthesizer as one file: numbers as safetensors, the rest as JSON, nothing that could run.

A pickle runs what is in it; a file of this kind is only read. ``document`` turns objects into JSON and named arrays,
and knows the classes that may occur (``registry``), the values (``scalars``) and the columns of tables (``columns``);
``file`` puts document and arrays into one .safetensors file and checks it; ``estimator`` says what of a synthesizer is
kept. What is read is believed only after it was checked: against a checksum (damage), against the classes' own type
hints and against itself (hostility).

A file that a release wrote loads in every later one: ``old`` turns the documents of each version of the format into
those of the next. Any change of a document needs a new version, see :doc:`/contributing/file_format`.
"""
