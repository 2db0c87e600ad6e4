"""One thread inside, and afterwards what there was before, also where threads overlap."""

from contextlib import ExitStack
from threading import Barrier, Thread

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from skexpand.base.threads import one_thread, pools_with_torch


def counts():
    """The counts that this thread sees."""
    return [torch.get_num_threads(), *(pool["num_threads"] for pool in threadpool_info())]


def in_thread(function):
    """Run in a new thread; return what it returns, or raise what it raises."""
    found = []

    def target():
        try:
            found.append(function())
        except BaseException as error:
            found.append(error)

    thread = Thread(target=target)
    thread.start()
    thread.join(60)
    assert found, "still waiting"
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


@pytest.fixture(autouse=True)
def two_threads():
    """Start from counts of 2, whatever the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    with threadpool_limits(2):
        yield
    torch.set_num_threads(before)


def test_inside_all_counts_are_1_and_afterwards_what_they_were():
    before = counts()
    with one_thread():
        assert set(counts()) == {1}
        with one_thread(pools_with_torch()):
            assert set(counts()) == {1}
        assert set(counts()) == {1}
    assert counts() == before


def test_after_an_error_too():
    before = counts()
    with pytest.raises(ZeroDivisionError), one_thread():
        1 / 0  # noqa: B018
    assert counts() == before


def test_threads_are_inside_together():
    """A thread that came in second does not wait until the first has left."""
    together = Barrier(2, timeout=30)

    def inside():
        with one_thread():
            together.wait()
            return counts()

    with one_thread():
        first = Thread(target=together.wait)
        first.start()
        assert set(in_thread(inside)) == {1}
        first.join(30)


def test_threads_may_leave_in_any_order():
    before = counts()
    came_in, may_leave = Barrier(2, timeout=30), Barrier(2, timeout=30)

    def second():
        with one_thread():
            came_in.wait()
            may_leave.wait()
            inside = counts()
        return inside, torch.get_num_threads()

    found = []
    with ExitStack() as first:
        first.enter_context(one_thread())
        thread = Thread(target=lambda: found.append(second()))
        thread.start()
        came_in.wait()
    assert torch.get_num_threads() == before[0]  # the first has left
    may_leave.wait()
    thread.join(30)
    assert set(found[0][0]) == {1}
    assert found[0][1] == before[0]
    assert counts() == before


def test_a_new_thread_is_left_with_the_counts_of_the_process():
    with one_thread():
        found = in_thread(lambda: _counts_after())
    assert found == 2
    assert in_thread(torch.get_num_threads) == 2


def _counts_after():
    with one_thread():
        np.eye(2) @ np.eye(2)
    return torch.get_num_threads()


def test_a_limit_of_the_caller_stays():
    with threadpool_limits(1):
        before = counts()
        with one_thread():
            pass
        assert counts() == before
