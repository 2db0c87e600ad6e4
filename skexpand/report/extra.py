"""The packages of the extra ``report``, imported only where a page is made."""

from __future__ import annotations

from importlib.util import find_spec

_PACKAGES = ("matplotlib", "jinja2")  # pictures, page


def require_extra() -> None:
    """Raise an ImportError that names the extra if a package of it is missing."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise ImportError(f"The report needs {' and '.join(missing)}: pip install 'skexpand[report]'")
