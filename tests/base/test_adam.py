"""The optimizer: torch's own, bit for bit, without torch's compiler."""

import subprocess
import sys

import torch

from skexpand.base.adam import Adam


def test_steps_are_those_of_torch(seed):
    """One parameter has no gradient at first: its step is counted from when it has."""
    weights = torch.randn(3, 4, generator=torch.Generator().manual_seed(seed))
    runs = []
    for make in (lambda p: Adam(p, 0.03), lambda p: torch.optim.Adam(p, lr=0.03)):
        first, late = weights.clone().requires_grad_(), weights[0].clone().requires_grad_()
        optimizer = make([first, late])
        for step in range(7):
            loss = (first**4).sum() + (late.cos().sum() if step > 2 else 0)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        runs.append((first.detach(), late.detach()))
    for ours, theirs in zip(*runs, strict=True):
        assert torch.equal(ours, theirs)
        assert not torch.equal(ours, weights)


def test_a_fit_does_not_import_the_compiler():
    code = (
        "import sys, numpy as np, skexpand\n"
        "X = np.random.default_rng(0).standard_normal((40, 3))\n"
        "skexpand.ExpansiveSynthesizer(random_state=0).fit_resample(X, np.arange(40) % 2)\n"
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
