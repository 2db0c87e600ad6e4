"""
Regression
==========

Forty patients and two of their measurements predict the progress of a disease. The target is a number, so new rows
bring a target of their own.
"""

# %%
# Forty patients
# --------------
# scikit-learn's diabetes data: body mass index and a blood value (log triglycerides) on the axes, the progress after a
# year in colour. Forty patients are used for training, 402 for testing.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skexpand import ExpandedRegressor

data = load_diabetes(scaled=False)
columns = [data.feature_names.index(name) for name in ("bmi", "s5")]
X, y = data.data[:, columns], data.target
X_few, X_test, y_few, y_test = train_test_split(X, y, train_size=40, random_state=0)

# %%
# Three neighbours
# ----------------
# ``ExpandedRegressor`` is an ordinary regressor. It adds new rows in ``fit``: here, their targets are what several
# regressors predict that are weighed by how well they fit these patients. Circles are real patients in the same
# colours; dots are new ones.

plain = make_pipeline(StandardScaler(), KNeighborsRegressor(3)).fit(X_few, y_few)
expanded = ExpandedRegressor(make_pipeline(StandardScaler(), KNeighborsRegressor(3))).fit(X_few, y_few)
new, _ = expanded.sampler_.sample(400, random_state=0)

low, high = X.min(axis=0), X.max(axis=0)
grid = np.stack(np.meshgrid(*(np.linspace(a, b, 150) for a, b in zip(low, high, strict=True))))
scale = {"vmin": 50, "vmax": 300, "cmap": "viridis"}
plt.rcParams.update({"font.size": 11})
figure, panels = plt.subplots(1, 2, figsize=(11, 4.8), sharey=True, layout="constrained")
for axes, name, model in zip(panels, ("real rows only", "expanded"), (plain, expanded), strict=True):
    surface = model.predict(grid.reshape(2, -1).T).reshape(grid.shape[1:])
    image = axes.pcolormesh(*grid, surface, rasterized=True, **scale)
    if model is expanded:
        axes.scatter(*new[:, :2].T, s=5, color="white", alpha=0.5, linewidths=0)
    axes.scatter(*X_few.T, s=70, c=y_few, edgecolors="white", linewidths=1.4, **scale)
    error = mean_absolute_error(y_test, model.predict(X_test))
    axes.set_title(f"{name}: mean error {error:.1f}", loc="left", fontweight="bold")
    axes.set(xlabel="body mass index", xlim=(low[0], high[0]), ylim=(low[1], high[1]))
panels[0].set_ylabel("blood value s5")
figure.colorbar(image, label="progress of the disease", pad=0.01)
plt.show()

# %%
# More draws and learners
# -----------------------
# All ten columns, and five draws of forty patients. ``target_law="auto"``, the default, asks the learner itself
# whether it gains, and otherwise trains it on the real rows only (``expanded_``).

from sklearn.linear_model import RidgeCV
from sklearn.svm import SVR

LEARNERS = {
    "nearest neighbours": make_pipeline(StandardScaler(), KNeighborsRegressor(3)),
    "support vectors": make_pipeline(StandardScaler(), SVR(C=100)),
    "ridge regression": make_pipeline(StandardScaler(), RidgeCV()),
}
N_DRAWS = 5
print(f"{'':20} real rows  expanded  change ± s.e.  expanded in")
for name, learner in LEARNERS.items():
    errors, used = [], 0
    for draw in range(N_DRAWS):
        split = train_test_split(data.data, data.target, train_size=40, random_state=draw)
        model = ExpandedRegressor(learner).fit(split[0], split[2])
        used += model.expanded_
        fitted = learner.fit(split[0], split[2]), model
        errors.append([mean_absolute_error(split[3], one.predict(split[1])) for one in fitted])
    before, after = np.transpose(errors)
    change = after - before
    error = change.std(ddof=1) / np.sqrt(N_DRAWS)
    print(
        f"{name:20} {before.mean():9.1f} {after.mean():9.1f} {change.mean():+8.1f} ± {error:.1f} {used:9d} of {N_DRAWS}"
    )

# %%
# Errors are mean absolute ones, so a negative change is a gain. :doc:`../open_questions/regression` has more data sets.
