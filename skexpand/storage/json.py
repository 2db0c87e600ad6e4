"""The types that the files of this room share: JSON, named arrays, and what turns values into JSON and back.

A column is written with the values of its cells, and a value may be a column. So ``columns`` and ``containers`` know a
writer and a reader only by the one method that they call; ``document`` has the two classes.
"""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

Json = Any
Arrays = dict[str, NDArray[Any]]


class Writer(Protocol):
    """What turns values into JSON."""

    def value(self, value: Any, place: str) -> Json:
        """Return a value as JSON; ``place`` names it in errors."""


class Reader(Protocol):
    """What turns JSON into values again."""

    def value(self, text: Json) -> Any:
        """Return the value that was written."""
