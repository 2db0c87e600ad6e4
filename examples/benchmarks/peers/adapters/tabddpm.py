"""A small TabDDPM (Kotelnikov et al., 2023): Gaussian diffusion of columns, with a perceptron that knows the class.

Columns are made normal by their quantiles. With α_t from the cosine schedule and ε standard normal,

    x_t = √α_t x_0 + √(1 − α_t) ε,        loss = ‖ε − ε̂(x_t, t, class)‖²,

and sampling walks from t = T to 1 by the posterior of x_{t−1} given x_t and the x_0 that ε̂ implies. As in the paper:
a perceptron on the sum of projected row, time and class embeddings, AdamW with a rate that falls to zero. Written for
this bench after the paper, smaller than its code: 100 steps, two hidden layers of 256.
"""

import math

import numpy as np
import torch
from adapters.shared import Clock
from sklearn.preprocessing import QuantileTransformer
from torch import nn

STEPS = 100  # of the diffusion
TRAINING_STEPS = 5000
BATCH, WIDTH, TIME = 256, 256, 128
RATE = 1e-3
CLIP = 5.0  # bound of the implied x_0, in standard deviations
LEAVE = 0.9


class Denoiser(nn.Module):
    """Predict the noise in rows from the rows, the time and the class."""

    def __init__(self, n_columns, n_classes):
        super().__init__()
        self.row = nn.Linear(n_columns, TIME)
        self.time = nn.Sequential(nn.Linear(TIME, TIME), nn.SiLU(), nn.Linear(TIME, TIME))
        self.label = nn.Embedding(n_classes, TIME)
        hidden = [nn.Linear(TIME, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU()]
        self.body = nn.Sequential(*hidden, nn.Linear(WIDTH, n_columns))

    def forward(self, x, t, label):
        """Return the noise, of the shape of x."""
        frequencies = torch.exp(-math.log(10000) * torch.arange(TIME // 2) / (TIME // 2))
        angles = t[:, None] * frequencies
        embedded = torch.cat([angles.cos(), angles.sin()], dim=1)
        return self.body(self.row(x) + self.time(embedded) + nn.functional.silu(self.label(label)))


def kept_signal():
    """Return α_0 … α_T of the cosine schedule."""
    angle = (torch.arange(STEPS + 1) / STEPS + 0.008) / 1.008 * math.pi / 2
    return (angle.cos() ** 2 / angle[0].cos() ** 2).clamp(1e-5, 1.0)


def train(x, label, n_classes, clock):
    """Train until the budget, or the number of steps, is used up."""
    net, signal = Denoiser(x.shape[1], n_classes), kept_signal()
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE)
    step, progress = 0, 0.0
    while progress < 1:
        optimizer.param_groups[0]["lr"] = RATE * (1 - progress)
        rows, t = torch.randint(len(x), (BATCH,)), torch.randint(1, STEPS + 1, (BATCH,))
        noise, a = torch.randn(BATCH, x.shape[1]), signal[t][:, None]
        found = net(a.sqrt() * x[rows] + (1 - a).sqrt() * noise, t, label[rows])
        optimizer.zero_grad()
        ((found - noise) ** 2).mean().backward()
        optimizer.step()
        step += 1
        progress = step / TRAINING_STEPS if clock.budget is None else clock.seconds / (LEAVE * clock.budget)
    return net


@torch.no_grad()
def sample(net, label, n_columns):
    """Walk from noise to rows."""
    signal, x = kept_signal(), torch.randn(len(label), n_columns)
    for t in range(STEPS, 0, -1):
        a, before = signal[t], signal[t - 1]
        noise = net(x, torch.full((len(label),), t), label)
        origin = ((x - (1 - a).sqrt() * noise) / a.sqrt()).clamp(-CLIP, CLIP)
        beta = 1 - a / before
        mean = before.sqrt() * beta / (1 - a) * origin + (a / before).sqrt() * (1 - before) / (1 - a) * x
        x = mean + (beta * (1 - before) / (1 - a)).sqrt() * torch.randn_like(x) if t > 1 else mean
    return x.numpy()


def make(X, y, counts, seed, budget):
    """Train one net for all classes, and ask it for each."""
    clock = Clock(budget)
    torch.manual_seed(seed)
    normal = QuantileTransformer(n_quantiles=min(len(X), 1000), output_distribution="normal", random_state=seed).fit(X)
    x = torch.as_tensor(normal.transform(X), dtype=torch.float32).clamp(-CLIP, CLIP)
    net = train(x, torch.as_tensor(y), len(counts), clock)
    labels = np.repeat(np.arange(len(counts)), counts)
    return normal.inverse_transform(sample(net, torch.as_tensor(labels), X.shape[1])), labels
