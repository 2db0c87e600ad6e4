"""From version 1, which only development versions before 0.1.0 wrote, to version 2.

- The class of indicator columns that exclude each other is called ``OneHot``.
- A component of the law no longer states whether its weights are convex, which they only were in the ablation.
"""

from __future__ import annotations

from skexpand.storage.old.objects import Documents, Parts, with_objects


def to_version_2(documents: Documents) -> Documents:
    """Return documents of version 1 as version 2 has them."""
    return with_objects(documents, _changed)


def _changed(parts: Parts) -> Parts:
    if parts["$"] == "Choice":
        return parts | {"$": "OneHot"}
    if parts["$"] == "Setting":
        if parts["convex"]:
            raise ValueError("its law has convex weights, which only an ablation made")
        return {name: part for name, part in parts.items() if name != "convex"}
    return parts
