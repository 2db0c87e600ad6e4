"""The report: a page on whether expansion is worth it for a table and a learner.

``contenders`` lists the methods, ``comparison`` trains all of them on the same folds,
``signs`` measures the new rows, and ``verdict`` summarizes the result in a sentence. ``findings`` holds all of it;
``pictures`` draws it, and ``page`` writes the page.
"""

from skexpand.report.report import ExpansionReport

__all__ = ["ExpansionReport"]
