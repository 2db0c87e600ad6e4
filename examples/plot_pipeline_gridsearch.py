"""
Pipelines and searches
======================

A sampler changes the number of rows, so it needs a pipeline that supports this. This example shows two that do, and how
to search over the parameters of the sampler without overfitting.
"""

# %%
# A step of a pipeline
# --------------------
# ``skexpand.pipeline`` re-exports imbalanced-learn's pipeline. The synthesizer expands the rows in ``fit`` and does
# nothing in ``predict``, so cross-validation expands training rows only and scores real rows only. Here the rows are
# images of handwritten digits, ten of each, and the classifier is nearest neighbours.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from skexpand import ExpandedClassifier, ExpansiveSynthesizer
from skexpand.pipeline import Pipeline

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=100, stratify=y, random_state=0)

model = Pipeline(
    [
        ("scale", StandardScaler()),
        ("expand", ExpansiveSynthesizer(random_state=0)),
        ("classify", KNeighborsClassifier()),
    ]
)
score = balanced_accuracy_score(y_test, model.fit(X_train, y_train).predict(X_test))
print(f"trained on {len(X_train)} rows, balanced accuracy {score:.3f} on {len(X_test)} others")

# %%
# Grid search
# -----------
# Parameters of the synthesizer are searched like those of any step: here the law and the ratio, then the number of
# attention heads and the ratio. To give heads an effect, the latent space is limited to sixteen dimensions and the
# network is trained for exactly six epochs. By default, the latent space keeps all directions, PCA is exact, the
# network is not trained, and ``n_heads`` has no effect.

from sklearn.base import clone

RATIOS = [1, 2, 5, 20]
folds = StratifiedKFold(3, shuffle=True, random_state=0)


def searched(model, name, values):
    """Return a search over the ratio and another parameter of the synthesizer."""
    grid = {"expand__expansion_ratio": RATIOS, f"expand__{name}": values}
    return GridSearchCV(model, grid, scoring="balanced_accuracy", cv=folds, n_jobs=2).fit(X_train, y_train)


def draw(axes, search, name, values):
    """Draw the mean scores of a search, the best in bold, in a frame those within one standard error of it."""
    shape = (len(RATIOS), len(values))
    means, deviations = (100 * search.cv_results_[f"{what}_test_score"].reshape(shape).T for what in ("mean", "std"))
    errors = deviations / np.sqrt(folds.n_splits - 1)
    best = np.unravel_index(means.argmax(), means.shape)
    image = axes.imshow(means, cmap="YlGnBu", aspect="auto", vmin=76, vmax=92)
    for (row, column), mean in np.ndenumerate(means):
        style = {"color": "white" if image.norm(mean) > 0.55 else "black", "ha": "center", "va": "center"}
        weight = "bold" if (row, column) == best else "normal"
        axes.text(column, row, f"{mean:.1f}\n± {errors[row, column]:.1f}", weight=weight, **style)
        if mean >= means.max() - errors[best]:
            corner = (column - 0.47, row - 0.46)
            axes.add_patch(plt.Rectangle(corner, 0.94, 0.92, fill=False, edgecolor="#d1495b", linewidth=2))
    axes.set_xticks(range(len(RATIOS)), [f"× {ratio}" for ratio in RATIOS])
    axes.set_yticks(range(len(values)), values)
    axes.set(xlabel="expansion_ratio", ylabel=name)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


trained = clone(model).set_params(expand__latent_dim=16, expand__max_epochs=6, expand__early_stopping=False)
SEARCHES = {"law": (model, ["local", "global", "shrunk"]), "n_heads": (trained, [1, 2, 4])}

plt.rcParams.update({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False})
figure, panels = plt.subplots(1, 2, figsize=(11.5, 4.4), layout="constrained")
for axes, (name, (searched_model, values)) in zip(panels, SEARCHES.items(), strict=True):
    search = searched(searched_model, name, values)
    draw(axes, search, name, values)
    axes.set_title(f"{name}: balanced accuracy, %", loc="left", fontweight="bold")
    best, test = search.best_score_, search.score(X_test, y_test)
    print(f"{name:8} best in cross-validation: {best:.3f}, on test rows: {test:.3f}")
plt.show()

# %%
# The best cells are bold; red frames mark all cells within one standard error of them. A hundred rows are too few to
# tell these apart, so choose the fastest of them, and search over few values only. Do not report the best score in
# cross-validation, which is biased because it was selected. Compare the scores on test rows with that of the defaults
# above, which needed no search.

# %%
# In scikit-learn's own pipeline
# ------------------------------
# scikit-learn's pipeline cannot change ``y``, so the synthesizer raises an error:

from sklearn.pipeline import make_pipeline

try:
    make_pipeline(StandardScaler(), ExpansiveSynthesizer(), KNeighborsClassifier()).fit(X_train, y_train)
except TypeError as error:
    print(error)

# %%
# There, and in stacking, voting or calibration, combine classifier and sampler in an ``ExpandedClassifier``, which is a
# plain scikit-learn classifier. Both ways give the same predictions.

synthesizer = ExpansiveSynthesizer(random_state=0)
one_way = Pipeline([("scale", StandardScaler()), ("expand", synthesizer), ("classify", KNeighborsClassifier())])
other_way = make_pipeline(StandardScaler(), ExpandedClassifier(KNeighborsClassifier(), synthesizer))
same = one_way.fit(X_train, y_train).predict(X_test) == other_way.fit(X_train, y_train).predict(X_test)
print(f"same predictions: {same.all()}")

# %%
# Does it help?
# -------------
# Each line is one draw of fifty or two hundred training rows: the score on all other rows without and with expansion.

N_DRAWS = 12
without = make_pipeline(StandardScaler(), KNeighborsClassifier())


def scores_of(n_train, draw):
    """Return the score of one draw, without and with expansion."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=n_train, stratify=y, random_state=draw)
    models = (without, other_way)
    return [100 * balanced_accuracy_score(y_test, clone(m).fit(X_train, y_train).predict(X_test)) for m in models]


figure, panels = plt.subplots(1, 2, figsize=(9, 4.4), sharey=True, layout="constrained")
for axes, n_train in zip(panels, (50, 200), strict=True):
    scores = np.array([scores_of(n_train, draw) for draw in range(N_DRAWS)])
    gain = scores[:, 1] - scores[:, 0]
    for pair in scores:
        axes.plot(
            [0, 1], pair, color="#2a6fdb" if pair[1] > pair[0] else "#e0752d", alpha=0.45, marker="o", markersize=4
        )
    axes.plot([0, 1], scores.mean(axis=0), color="black", linewidth=3, marker="o", markersize=9)
    error = gain.std(ddof=1) / np.sqrt(N_DRAWS)
    axes.set_title(f"{n_train} rows: {gain.mean():+.1f} ± {error:.1f} points", loc="left", fontweight="bold")
    axes.set_xticks([0, 1], ["real rows only", "expanded"])
    axes.set_xlim(-0.25, 1.25)
    axes.grid(axis="y", color="#e6e6e6")
panels[0].set_ylabel("balanced accuracy of nearest neighbours, %")
plt.show()

# %%
# Blue draws gain, orange draws lose, and black is the mean. With more rows, there is less to gain.
