"""Packages of the extras, imported only where they are needed."""

from __future__ import annotations

from importlib.util import find_spec


def require(what: str, extra: str, *packages: str) -> None:
    """Raise an ImportError that names the extra if a package of it is missing.

    Parameters
    ----------
    what : str
        What needs the packages, and the verb: "The report needs".
    extra : str
        The extra that installs them.
    *packages : str
        The modules to look for.
    """
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ImportError(f"{what} {' and '.join(missing)}: pip install 'skexpand[{extra}]'")
