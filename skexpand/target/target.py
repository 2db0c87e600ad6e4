"""What every kind of target has: a code for each row, and perhaps columns that join those of the table.

=============== ==================== ================================ ===============================================
Kind            File                 Codes                            Columns
=============== ==================== ================================ ===============================================
"classes"       ``classes.py``       the class                        none: a new row has the class it was made for
"label_sets"    ``label_sets.py``    the set of labels                none, likewise
"numbers"       ``numbers.py``       the level, a bin of ranks        those of y: a new row brings its own
=============== ==================== ================================ ===============================================

Codes determine which rows are joined by edges and which means they deviate from.
"""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from skexpand.base.types import IntArray


class Target(Protocol):
    """A checked target."""

    @property
    def original(self) -> Any:
        """The target as it came."""

    @property
    def codes(self) -> IntArray:
        """The code of each row (n,); -1 for rows without a label."""

    @property
    def classes(self) -> NDArray[Any]:
        """What the codes stand for, in their order."""

    @property
    def names(self) -> list[Any]:
        """The same as keys of a dict."""

    @property
    def counts(self) -> IntArray:
        """Number of rows of each code, those without a label left out."""

    @property
    def values(self) -> NDArray[Any]:
        """The target of the rows that have one, as an array: labels, label sets (n, n_labels), or numbers."""

    @property
    def columns(self) -> Any:
        """The table (n_labeled, n_targets) that joins the columns, of the rows that have a target; or None."""

    def labeled(self) -> Any:
        """Return the target in its container, without the rows that have no label."""

    def followed_by(self, new: IntArray, codes: IntArray, made: Any = None) -> Any:
        """Return the target in its container, and behind it that of new rows.

        These have the codes ``new``; ``made`` holds what they bring in place of the columns, behind what was inferred.
        ``codes`` are those of all original rows, inferred where there was no label.
        """
