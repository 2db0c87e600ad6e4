"""
Numbers as target
=================

With ``target="numbers"``, each new row brings a number of its own. By default several regressors that are trained on
the real rows, and weighed by their error on held-out ones, say which: so new rows hand the function that fits the
table best to a learner that does not find it alone. Here thirty measurements of a decaying oscillation are expanded.
"""

# %%
# Thirty measurements
# -------------------
# The sampler is told what y is; everything else is as for classes.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.neighbors import KNeighborsRegressor

from skexpand import ExpandedRegressor, ExpansiveSynthesizer


def oscillation(x):
    return np.exp(-x / 4) * np.cos(2 * x)


rng = np.random.default_rng(1)
x = np.sort(rng.uniform(0, 6, 30))
y = oscillation(x) + 0.12 * rng.standard_normal(30)
sampler = ExpansiveSynthesizer(target="numbers", law="local", random_state=0)
X_more, y_more = sampler.fit_resample(x[:, None], y)

# %%
# What learners make of them
# --------------------------
# :class:`~skexpand.ExpandedRegressor` makes the same rows within ``fit``, and leaves the rows alone where its learner
# is not expected to gain.

grid = np.linspace(0, 6, 400)
learners = {"random forest": RandomForestRegressor(random_state=0), "nearest neighbours": KNeighborsRegressor()}
curves = {}
for name, learner in learners.items():
    model = ExpandedRegressor(learner, ExpansiveSynthesizer(law="local", random_state=0))
    for kind, fitted in {"real rows only": learner, "expanded": model}.items():
        curves[name, kind] = fitted.fit(x[:, None], y).predict(grid[:, None])
        error = mean_absolute_error(oscillation(grid), curves[name, kind])
        print(f"{name}, {kind}: mean absolute error {error:.3f}")

# %%

figure, panels = plt.subplots(1, 3, figsize=(11, 3.9), sharey=True, layout="constrained")
panels[0].scatter(X_more[len(x) :, 0], y_more[len(x) :], s=9, color="#2a6fdb", linewidth=0, label="new rows")
panels[0].set_title(f"{len(X_more) - len(x):,} new rows", loc="left", fontweight="bold")
for panel, name in zip(panels[1:], learners, strict=True):
    panel.plot(grid, curves[name, "real rows only"], color="#d9822b", label="real rows only")
    panel.plot(grid, curves[name, "expanded"], color="#2a6fdb", linewidth=2, label="expanded")
    panel.set_title(name, loc="left", fontweight="bold")
for panel in panels:
    panel.plot(grid, oscillation(grid), color="black", linewidth=1, linestyle=":", label="truth")
    panel.scatter(x, y, s=18, color="black", zorder=3, label="measurements")
    panel.set(xlim=(0, 6), ylim=(-1, 1.25), xlabel="x")
    panel.legend(frameon=False, fontsize=8, ncols=2, loc="upper right")
plt.show()

# %%
# Smoothed targets have hardly any spread around the curve. Where that spread is what is wanted, as for quantiles and
# prediction intervals, take ``target_law="recombined"``. See :doc:`/user_guide/numbers`.
