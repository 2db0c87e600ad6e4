"""Stop the training of the ``ctgan`` package when a budget is used up: by torch's own hook after optimizer steps."""

from adapters.shared import BudgetSpentError, Clock
from torch.optim.optimizer import register_optimizer_step_post_hook


def fit_within(model, table, discrete_columns, budget):
    """Fit until the budget is used up; None trains as long as the package does by default."""
    clock = Clock(budget)

    def stop(optimizer, args, kwargs):
        if clock.spent():
            raise BudgetSpentError

    handle = register_optimizer_step_post_hook(stop)
    try:
        model.fit(table, discrete_columns=discrete_columns)
    except BudgetSpentError:
        pass
    finally:
        handle.remove()
