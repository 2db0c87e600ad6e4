"""Displays in scikit-learn's manner: pictures of real and new rows, of inferred labels, and of the gain.

Each is made by a class method (``from_estimator``, ``from_rows``, ``from_report``), which draws it; ``plot`` draws it
again, onto other axes. They look like the pictures of the report, which the same functions draw (``marks``, ``style``).
They need matplotlib (the extra ``plot``), which is imported when they draw.
"""

from skexpand.plot.columns import ColumnDensityDisplay
from skexpand.plot.curve import GainCurveDisplay
from skexpand.plot.labels import LabelSpreadingDisplay
from skexpand.plot.rows import ExpansionDisplay

__all__ = ["ColumnDensityDisplay", "ExpansionDisplay", "GainCurveDisplay", "LabelSpreadingDisplay"]
