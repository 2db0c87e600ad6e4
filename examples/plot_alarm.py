"""
Rare alarms and a threshold
===========================

Twelve tumours among 180 harmless findings: a missed tumour costs more than a false alarm. The threshold comes
first. New rows then improve the ranking that it cuts.
"""

# %%
# Twelve tumours
# --------------
# Of scikit-learn's breast cancer data, 12 malignant and 180 benign findings are used for training, and the remaining
# 377 for testing, in each of six draws. A missed tumour shall cost as much as twenty false alarms. Costs are those of a
# hundred findings of which as many are malignant as in the training rows.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import average_precision_score, make_scorer
from sklearn.model_selection import TunedThresholdClassifierCV

from skexpand import ExpandedClassifier, ExpansiveSynthesizer

data = load_breast_cancer()
X, y = data.data, 1 - data.target  # 1: malignant
COST = 20  # of a missed tumour, in false alarms
N_DRAWS = 6


def cost_of(y_true, predicted):
    """Return the cost of a hundred findings, in false alarms."""
    missed, false = np.mean(predicted[y_true == 1] == 0), np.mean(predicted[y_true == 0] == 1)
    return 100 * (COST * missed * 12 + false * 180) / 192


def drawn(draw):
    """Return training and test rows of a draw."""
    rng = np.random.default_rng(draw)
    train = np.concatenate([rng.permutation(np.flatnonzero(y == label))[:n] for label, n in ((1, 12), (0, 180))])
    test = np.setdiff1d(np.arange(len(y)), train)
    return X[train], y[train], X[test], y[test]


# %%
# The threshold
# -------------
# Curves show what each threshold of the probability would cost on the test rows; a forest on real rows alone decides at
# one half, where it misses many tumours. Dots show the thresholds that cross-validation inside the training rows
# chooses (``TunedThresholdClassifierCV``): with real rows alone, and with new ones made inside each of its folds.

forest = RandomForestClassifier(50, random_state=0)
MODELS = {"real rows only": forest, "expanded": ExpandedClassifier(forest, ExpansiveSynthesizer(random_state=0))}
COLORS = {"real rows only": "#1b3a57", "expanded": "#d9681d"}
grid = np.linspace(0.01, 0.99, 99)
costs, chosen, precision = ({name: [] for name in MODELS} for _ in range(3))
for draw in range(N_DRAWS):
    X_train, y_train, X_test, y_test = drawn(draw)
    for name, model in MODELS.items():
        scorer = make_scorer(cost_of, greater_is_better=False)
        tuned = TunedThresholdClassifierCV(model, scoring=scorer, cv=3, random_state=0).fit(X_train, y_train)
        chances = tuned.estimator_.predict_proba(X_test)[:, 1]
        costs[name].append([cost_of(y_test, chances >= threshold) for threshold in grid])
        chosen[name].append((tuned.best_threshold_, cost_of(y_test, tuned.predict(X_test))))
        precision[name].append(average_precision_score(y_test, chances))

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11})
figure, axes = plt.subplots(figsize=(9, 4.8), layout="constrained")
for name, color in COLORS.items():
    curves = np.array(costs[name])
    axes.plot(grid, curves.mean(axis=0), color=color, linewidth=3, label=name)
    axes.fill_between(grid, *np.quantile(curves, [0.25, 0.75], axis=0), color=color, alpha=0.13, linewidth=0)
    axes.scatter(*np.transpose(chosen[name]), s=60, color=color, edgecolors="black", linewidths=0.8, zorder=3)
axes.axvline(0.5, color="#8a94a0", linestyle=":", linewidth=1.5)
axes.annotate("one half", (0.5, 0), (4, 4), textcoords="offset points", color="#5b6670")
axes.set(
    xlabel="threshold of the probability of a tumour", ylabel="cost for each hundred findings", ylim=0, xlim=(0, 1)
)
axes.legend(frameon=False, loc="upper left")
plt.show()

# %%
# At one half, the forest on real rows is dear. Most of that is repaired by the threshold alone, without any new row.
# With new rows, the curve is lower and flatter wherever the threshold is not tiny, so that an imprecise one costs less.

half = int(np.argmin(np.abs(grid - 0.5)))
for name in MODELS:
    tuned_cost = np.mean([cost for _, cost in chosen[name]])
    at_half = np.array(costs[name])[:, half].mean()
    print(
        f"{name:15} cost at one half {at_half:5.1f}, tuned {tuned_cost:5.1f}; average precision "
        f"{np.mean(precision[name]):.3f}"
    )

# %%
# Compare a plain and an expanded model only when both have a tuned threshold; otherwise, two thresholds are compared.
# :doc:`../user_guide/imbalance` says more, and when not to expand.
