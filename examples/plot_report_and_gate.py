"""
Will it help? Report and gate
=============================

A mean over other people's tables says little about yours. The report compares on your table, and the gate decides
inside a pipeline.
"""

# %%
# The report
# ----------
# A hundred silhouettes of vehicles in four classes. The report trains the learner with and without new rows on the same
# folds, and states the gain with its interval.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skexpand import ExpansionReport, ExpansiveSynthesizer
from skexpand.plot import GainCurveDisplay

folder = next(path for path in map(Path, ("data", "examples/data", "../data")) if path.exists())
vehicles = pd.read_csv(folder / "vehicle.csv")
X, y = vehicles.iloc[:, :-1], vehicles.iloc[:, -1]
X, X_test, y, y_test = train_test_split(X, y, train_size=100, stratify=y, random_state=0)

learner = make_pipeline(StandardScaler(), KNeighborsClassifier())
sampler = ExpansiveSynthesizer(random_state=0)
report = ExpansionReport(sampler, X, y, estimator=learner, random_state=0, verbose=False).compute()
print(report.verdict_.headline)
print(report.verdict_.reason)

# %%
# How many new rows
# -----------------
# The gain with none, a sixteenth, an eighth, ... and all of the new rows, and its interval, which is wide for so few
# rows. Where the curve is flat, fewer new rows are enough. ``report.to_html("report.html")`` writes the whole page.

display = GainCurveDisplay.from_report(report)
display.figure_.set_size_inches(8, 4.4)
plt.show()

# %%
# A hundred rows cannot prove a gain of a few points, even where there is one, as the other vehicles show below.
#
# The gate
# --------
# ``GatedSynthesizer`` makes such a comparison inside the training rows, on fifteen folds. Unless the lower bound of the
# gain is above zero, it returns the rows unchanged. With ``confidence=0.65``, it rarely does harm. Small dots are
# folds, large ones their mean, orange if the gate expands; the diamond is the gain on the other 746 vehicles, which the
# gate cannot see.

from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skexpand import GatedSynthesizer

LEARNERS = {
    "nearest neighbours": learner,
    "decision tree": DecisionTreeClassifier(random_state=0),
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    "naive Bayes": GaussianNB(),
}
expanded = clone(sampler).fit_resample(X, y)
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11})
figure, axes = plt.subplots(figsize=(8.6, 3.9), layout="constrained")
for line, (name, model) in enumerate(reversed(LEARNERS.items())):
    gate = GatedSynthesizer(sampler, model, confidence=0.65, random_state=0).fit(X, y)
    scores = [balanced_accuracy_score(y_test, clone(model).fit(*rows).predict(X_test)) for rows in ((X, y), expanded)]
    color = "#d9681d" if gate.expanded_ else "#8a94a0"
    folds = 100 * (gate.scores_expanded_ - gate.scores_real_)
    axes.scatter(folds, np.full(len(folds), line), s=22, color=color, alpha=0.45, linewidths=0)
    axes.scatter(100 * gate.gain_, line, s=130, color=color, zorder=3)
    diamond = {"marker": "D", "facecolors": "white", "edgecolors": "black", "zorder": 4}
    axes.scatter(100 * (scores[1] - scores[0]), line, s=55, **diamond)
    axes.annotate(f"{name}: {'expand' if gate.expanded_ else 'leave as it is'}", (0.6, line + 0.24), fontsize=10)
axes.axvline(0, color="black", linewidth=1)
axes.set(yticks=[], ylim=(-0.5, len(LEARNERS) - 0.3), xlabel="gain in balanced accuracy, points")
axes.spines["left"].set_visible(False)
plt.show()

# %%
# The gate is a step of a pipeline like any sampler: ``make_pipeline(gate, learner)`` from ``skexpand.pipeline``.
# :doc:`../user_guide/will_it_help` has thresholds from the benchmarks, and says what to do if the answer is no.
