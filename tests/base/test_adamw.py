"""AdamW and the one-cycle rate against torch's own."""

import pytest
import torch

from skexpand.base.adamw import AdamW, one_cycle


def trained(make, n_steps=12):
    parameters = [torch.tensor([1.0, -2.0, 3.0], requires_grad=True), torch.tensor([[0.5]], requires_grad=True)]
    optimizer = make(parameters)
    for _ in range(n_steps):
        optimizer.zero_grad()
        (parameters[0].square().sum() * parameters[1].sum()).backward()
        optimizer.step()
    return parameters


def test_same_steps_as_torch():
    ours = trained(lambda parameters: AdamW(parameters, 0.1, 0.05))
    theirs = trained(lambda parameters: torch.optim.AdamW(parameters, lr=0.1, weight_decay=0.05))
    for one, other in zip(ours, theirs, strict=True):
        assert torch.equal(one, other)


def test_what_has_no_gradient_does_not_decay():
    still = torch.ones(2, requires_grad=True)
    moving = torch.ones(2, requires_grad=True)
    optimizer = AdamW([still, moving], 0.1)
    moving.sum().backward()
    optimizer.step()
    assert torch.equal(still, torch.ones(2))
    assert not torch.equal(moving, torch.ones(2))


@pytest.mark.parametrize("n_steps", [10, 37, 400])
def test_same_rates_as_torch(n_steps):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, total_steps=n_steps)
    for step in range(n_steps):
        assert one_cycle(step, n_steps, 2e-3) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6, abs=1e-9)
        optimizer.step()
        if step < n_steps - 1:
            schedule.step()


def test_a_single_step_has_a_rate():
    assert 0 < one_cycle(0, 1, 2e-3) <= 2e-3
