"""
First steps, in pictures
========================

Thirty flowers and two of their measurements, so that everything can be plotted: the new rows, how they are made, and
how they change a classifier.
"""

# %%
# Thirty rows become six hundred
# ------------------------------
# Ten irises of each of three species. ``fit_resample`` returns the originals, unchanged, followed by the new rows.

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split

from skexpand import ExpansiveSynthesizer

iris = load_iris()
sepals = iris.data[:, :2]
X, X_test, y, y_test = train_test_split(sepals, iris.target, train_size=30, stratify=iris.target, random_state=4)
synthesizer = ExpansiveSynthesizer(expansion_ratio=20, random_state=0)
X_more, y_more = synthesizer.fit_resample(X, y)
new, new_labels = X_more[len(X) :], y_more[len(X) :]

COLORS = np.array(["#2a6fdb", "#e0752d", "#2e9e6b"])
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11})


def show_rows(axes, title):
    """Set up axes for rows of the two columns."""
    axes.set_title(title, loc="left", fontweight="bold")
    axes.set(xlim=(3.8, 8.3), ylim=(1.5, 4.8), xlabel="sepal length, cm", ylabel="sepal width, cm", aspect="equal")


figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True, layout="constrained")
show_rows(left, f"{len(X)} rows")
for code, kind in enumerate(iris.target_names):
    left.scatter(*X[y == code].T, s=80, c=COLORS[code], edgecolors="black", label=kind)
left.legend(loc="upper right", frameon=False)
show_rows(right, f"and {len(new)} new ones")
right.scatter(*new.T, s=16, c=COLORS[new_labels], alpha=0.4, linewidths=0)
right.scatter(*X.T, s=80, c=COLORS[y], edgecolors="black", zorder=3)
right.set_ylabel("")
plt.show()

# %%
# How a new row is made
# ---------------------
# Within each class, edges join rows. *Local* edges lead to near neighbours. *Expander* edges cross the class, so that
# every row is only a few edges away from every other. The difference along an edge is a move that the data have shown
# to be possible. A new row starts at a real row, its *anchor*, and adds a few such moves, each multiplied by a weight.
# ``parents_`` records which ones. On the right is a new row of ``law="local"``, which does not move the anchor itself.

local = ExpansiveSynthesizer(expansion_ratio=20, law="local", random_state=0)
local_rows = local.fit_resample(X, y)[0][len(X) :]
graph, parents = local.expansion_graph_, local.parents_

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True, layout="constrained")
show_rows(left, "edges inside each class")
for kind, color, width in (("expander", "#b9b9c4", 0.9), ("local", "#222222", 1.3)):
    pairs = [(i, j) for i, j, found in graph.edges(data="kind") if found == kind]
    for i, j in pairs:
        left.plot(*X[[i, j]].T, color=color, linewidth=width, zorder=width)
    left.plot([], [], color=color, linewidth=2, label=f"{len(pairs)} {kind} edges")
left.scatter(*X.T, s=80, c=COLORS[y], edgecolors="black", zorder=3)
left.legend(loc="upper right", frameon=False)


def draw_move(axes, start, end, color, width, label=None):
    """Draw an arrow."""
    arrow = {"arrowstyle": "-|>", "color": color, "linewidth": width, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 11}
    axes.annotate("", end, start, arrowprops=arrow, zorder=2)
    axes.plot([], [], color=color, linewidth=2.5, label=label)


# a move is the difference of two rows, which has twice the variance of a row, times its weight
moves = parents["weights"][..., None] * (X[parents["targets"]] - X[parents["sources"]]) / np.sqrt(2)
shortest, whole = np.linalg.norm(moves, axis=2).min(axis=1), np.linalg.norm(moves.sum(axis=1), axis=1)
chosen = np.argmax(shortest * whole * (new_labels == 0))  # the new setosa whose moves are easiest to see
place = X[parents["anchor"][chosen]]

show_rows(right, "four moves make one new row")
right.set_ylabel("")
right.scatter(*X.T, s=50, c=COLORS[y], alpha=0.35, linewidths=0)
right.scatter(*place, s=130, c=COLORS[new_labels[chosen]], edgecolors="black", zorder=3, label="anchor")
for k, color in enumerate(("#7b3294", "#008837", "#c2185b", "#8c6d1f")):
    i, j, weight = (parents[name][chosen][k] for name in ("sources", "targets", "weights"))
    draw_move(right, X[i], X[j], color, 1.2, f"{weight:+.2f} of this edge")
    draw_move(right, place, place + moves[chosen, k], color, 2.8)
    place = place + moves[chosen, k]
right.scatter(*local_rows[chosen], s=230, marker="*", c="#ffd54a", edgecolors="black", zorder=4, label="new row")
right.legend(loc="upper right", frameon=False, fontsize=9, labelspacing=0.3)
plt.show()

# %%
# Thin arrows are edges, thick arrows the moves derived from them. The vector of weights has unit length and random
# signs, so new rows vary as much as real ones; interpolation between neighbours, as in SMOTE, would reduce the
# variance. A move may come from another class: classes share their variation and differ only in their means.
#
# Effect on a classifier
# ----------------------
# A random forest trained on thirty rows divides the plane into boxes. The small dots are test flowers.

from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score

grid = np.stack(np.meshgrid(np.linspace(3.8, 8.3, 230), np.linspace(1.5, 4.8, 170)))

figure, panels = plt.subplots(1, 2, figsize=(11, 4.6), sharey=True, layout="constrained")
for axes, name, (rows, labels) in zip(panels, ("real rows only", "expanded"), ((X, y), (X_more, y_more)), strict=True):
    forest = RandomForestClassifier(random_state=0).fit(rows, labels)
    score = balanced_accuracy_score(y_test, forest.predict(X_test))
    show_rows(axes, f"{name}: {score:.0%} of test flowers correct")
    regions = forest.predict(grid.reshape(2, -1).T).reshape(grid.shape[1:])
    axes.contourf(*grid, regions, levels=[-0.5, 0.5, 1.5, 2.5], cmap=ListedColormap(COLORS), alpha=0.22)
    axes.contour(*grid, regions, levels=[0.5, 1.5], colors="black", linewidths=0.8)
    axes.scatter(*X_test.T, s=12, c=COLORS[y_test], linewidths=0)
    axes.scatter(*X.T, s=80, c=COLORS[y], edgecolors="black", zorder=3)
panels[1].set_ylabel("")
plt.show()

# %%
# More draws and learners
# -----------------------
# One draw proves little. Here thirty rows are drawn twenty times from these flowers and from a data set with thirty
# columns, and four learners are tested on the remaining rows. The error bars are standard errors over the draws.

from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

LEARNERS = {
    "logistic\nregression": LogisticRegression(max_iter=1000),
    "nearest\nneighbours": KNeighborsClassifier(),
    "random\nforest": RandomForestClassifier(50, random_state=0),
    "support\nvectors": SVC(),
}
TABLES = {"iris, sepals": (sepals, iris.target), "breast cancer": load_breast_cancer(return_X_y=True)}


def scores_of(X, y, draw):
    """Return the scores of one draw of thirty rows: learners, without and with expansion."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=30, stratify=y, random_state=draw)
    scaler = StandardScaler().fit(X_train)
    real = scaler.transform(X_train), y_train
    expanded = ExpansiveSynthesizer(expansion_ratio=20, random_state=draw).fit_resample(*real)
    return [
        [
            balanced_accuracy_score(y_test, clone(learner).fit(*rows).predict(scaler.transform(X_test)))
            for rows in (real, expanded)
        ]
        for learner in LEARNERS.values()
    ]


figure, panels = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
for axes, (name, table) in zip(panels, TABLES.items(), strict=True):
    scores = 100 * np.array([scores_of(*table, draw) for draw in range(20)])  # (draws, learners, without and with)
    means, errors = scores.mean(axis=0), scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
    places = np.arange(len(LEARNERS))
    for k, (label, color) in enumerate({"real rows only": "#b4b8bf", "expanded": "#2a6fdb"}.items()):
        axes.bar(places + 0.38 * k, means[:, k], 0.36, yerr=errors[:, k], color=color, label=label)
    gains = means[:, 1] - means[:, 0]
    for place, gain, top in zip(places, gains, (means + errors).max(axis=1), strict=True):
        axes.annotate(
            f"{gain:+.1f}", (place + 0.19, top), (0, 5), textcoords="offset points", ha="center", weight="bold"
        )
    axes.set_title(f"{name}: 30 rows, {table[0].shape[1]} columns", loc="left", fontweight="bold")
    axes.set_xticks(places + 0.19, LEARNERS)
    axes.set_ylim(np.floor(means.min() / 5) * 5 - 5, np.ceil((means + errors).max() / 5) * 5 + 1)
panels[0].set_ylabel("balanced accuracy, %")
figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
plt.show()

# %%
# The axes do not start at zero; the figures above the bars are the gains in points. If a learner is already close to
# the best possible score, there is little or nothing to gain. Scaler and synthesizer were fitted on the training rows
# only. In practice a pipeline does this; see :ref:`sphx_glr_auto_examples_plot_pipeline_gridsearch.py`.
