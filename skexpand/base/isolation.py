"""What runs the same whatever is set globally: threads, joblib's backend, torch's modes.

Global dtypes cannot be set aside for a block (torch keeps one for the process), so tensors are made with theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from joblib import parallel_config

from skexpand.base.threads import one_thread, pools_with_torch

_AUTOCAST_DEVICES = ("cpu", "cuda")


@contextmanager
def isolated() -> Iterator[None]:
    """Run on one thread, with nothing sent to the caller's joblib backend, and torch as it is by default.

    scikit-learn's estimators go through joblib even where nobody asked for more than one process. A cluster would make
    them a task of its own, and wait for it.
    """
    with one_thread(pools_with_torch()), parallel_config(backend="sequential"), _plain_torch():
        yield


@contextmanager
def _plain_torch() -> Iterator[None]:
    """Set aside no_grad, inference_mode, autocast and a default device; all four belong to the thread."""
    import torch

    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for device in _AUTOCAST_DEVICES:
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        yield
