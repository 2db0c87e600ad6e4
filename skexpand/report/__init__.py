"""The report: is it worth it, for this table and this learner? One page that answers.

The way of a question: ``contenders`` says who competes, ``comparison`` trains all of them on the same folds,
``signs`` measures the new rows, ``verdict`` puts it into a sentence. All of it is kept as ``findings``, which
``pictures`` draws and ``page`` writes down.
"""

from skexpand.report.report import ExpansionReport

__all__ = ["ExpansionReport"]
