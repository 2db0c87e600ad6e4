"""What several adapters need."""

import time


class BudgetSpentError(Exception):
    """The budget is used up."""


class Clock:
    """Counts seconds of CPU from now on."""

    def __init__(self, budget):
        self.start, self.budget = time.process_time(), budget

    @property
    def seconds(self):
        """Return the seconds since the start."""
        return time.process_time() - self.start

    def spent(self, share=1.0):
        """Return whether a share of the budget is used up; never, without a budget."""
        return self.budget is not None and self.seconds >= share * self.budget


def climb(rungs, cost_of, attempt, budget):
    """Return the result of the most expensive setting whose cost stays within a budget, and its seconds.

    ``rungs`` are settings from cheap to dear, ``cost_of`` says what one costs relative to another. The cheapest runs
    first; then the most expensive that should fit, judging by the seconds of the last; and so on, until none costs
    more. One that took too long is not kept.
    """
    place, kept = 0, None
    while True:
        clock = Clock(None)
        result = attempt(rungs[place])
        seconds = clock.seconds
        if kept is not None and seconds > 1.2 * budget:
            return kept
        kept = result, seconds
        scale = seconds / cost_of(rungs[place])
        fitting = [i for i in range(place + 1, len(rungs)) if scale * cost_of(rungs[i]) <= budget]
        if not fitting:
            return kept
        place = fitting[-1]
