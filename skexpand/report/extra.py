"""The packages of the extra ``report``, imported only where a page is made."""

from __future__ import annotations

from skexpand.base.extras import require


def require_extra() -> None:
    """Raise an ImportError that names the extra if a package of it is missing."""
    require("The report needs", "report", "matplotlib", "jinja2")  # pictures, page
