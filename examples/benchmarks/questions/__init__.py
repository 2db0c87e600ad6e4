"""The open questions: ``python -m questions.heads`` and so on; a run, a page and a picture each, in ``results``."""
