"""A fitted synthesizer as one file: numbers as safetensors, the rest as JSON, and no code.

Loading a pickle can run code; loading such a file only reads data. ``document`` turns objects into JSON and named
arrays, and knows the classes that may occur (``registry``), the values (``scalars``) and the columns of tables
(``columns``); ``file`` puts document and arrays into one .safetensors file and checks it; ``estimator`` defines which
parts of a synthesizer are kept. Content is used only after it was checked: against a checksum (damage), against the
type hints of the classes and for consistency (hostile files).

A file that a release wrote loads in every later one: ``old`` turns the documents of each version of the format into
those of the next. Any change of a document needs a new version, see :doc:`/contributing/file_format`.
"""
