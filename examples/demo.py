"""Expand a few rows of real data sets, and measure what learners gain. Run it with `make demo`.

Each data set is split ten times: a few rows for training, the others for testing. Of the 16 small data sets of the
benchmarks, vehicles has a median gain; breast cancer is easy, so there is little to gain; digits are images, once with
labels and once with one label for each digit beside unlabelled images. Five learners are trained on the real labelled
rows only, on these and rows from SMOTE, and on these and rows from skexpand, with the same splits and the same number
of new rows. Scaling and sampling are fitted on the training rows only. Tables are printed, and a picture is saved as
`demo.png`.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from imblearn.over_sampling import SMOTE
from joblib import Parallel, delayed
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from tqdm import tqdm

from skexpand import ExpansiveSynthesizer


class Task(NamedTuple):
    """A data set: a loader of (X, y), the number of training rows, the shape of images if rows are images.

    With ``one_label``, one training row of each class keeps its label.
    """

    load: Callable[[], tuple[Any, Any]]
    n_train: int
    image_shape: tuple[int, int] | None = None
    one_label: bool = False


def load_vehicles() -> tuple[Any, Any]:
    """Return silhouettes of four kinds of vehicle, measured in 18 ways."""
    table = np.loadtxt(Path(__file__).with_name("data") / "vehicle.csv", dtype=str, delimiter=",", skiprows=1)
    return table[:, :-1].astype(float), np.unique(table[:, -1], return_inverse=True)[1]


SETS = {
    "vehicles": Task(load_vehicles, 50),
    "breast cancer": Task(partial(load_breast_cancer, return_X_y=True), 20),
    "digits": Task(partial(load_digits, return_X_y=True), 50, image_shape=(8, 8)),
    "one label per digit": Task(partial(load_digits, return_X_y=True), 400, image_shape=(8, 8), one_label=True),
}
LEARNERS = {
    "logistic regression": lambda seed: LogisticRegression(max_iter=1000),
    "nearest neighbours": lambda seed: KNeighborsClassifier(),
    "random forest": lambda seed: RandomForestClassifier(random_state=seed),
    "perceptron": lambda seed: MLPClassifier(random_state=seed),
    "support vectors": lambda seed: SVC(),
}
NEW_ROWS = 500
N_SPLITS = 10
UNLABELED = -1
PICTURE = Path("demo.png")

REAL, SMOTED, EXPANDED = "real", "SMOTE", "skexpand"
COLORS = {REAL: "#9aa0a6", SMOTED: "#e8964a", EXPANDED: "#2a6fdb"}


class Outcome(NamedTuple):
    """Results of one split: balanced accuracy in percent for each sampler and learner, and seconds for each sampler."""

    scores: dict[tuple[str, str], float]
    seconds: dict[str, float]


def make_sampler(sampler: str, name: str, y: Any, seed: int) -> Any:
    """Return a sampler that adds ``NEW_ROWS`` rows to a data set, the same number to each class."""
    if SETS[name].one_label and sampler == EXPANDED:
        ratio = 1 + NEW_ROWS / len(y)
        shape = SETS[name].image_shape
        return ExpansiveSynthesizer(unlabeled=UNLABELED, expansion_ratio=ratio, image_shape=shape, random_state=seed)
    counts = np.bincount(y)
    added = NEW_ROWS // len(counts) + (np.arange(len(counts)) < NEW_ROWS % len(counts))
    totals = dict(enumerate((counts + added).tolist()))
    if sampler == SMOTED:  # its default of 5 neighbours, or as many as the smallest class has
        return SMOTE(sampling_strategy=totals, k_neighbors=min(5, counts.min() - 1), random_state=seed)
    return ExpansiveSynthesizer(sampling_strategy=totals, image_shape=SETS[name].image_shape, random_state=seed)


def run_split(name: str, seed: int) -> Outcome:
    """Train all learners on one split of a set, with each sampler."""
    warnings.simplefilter("ignore")  # a perceptron stops after 200 epochs, with every sampler
    X_train, X_test, y_train, y_test = draw(name, seed)
    scores, seconds = {}, {}
    for sampler in (REAL, SMOTED, EXPANDED):
        start = time.perf_counter()
        try:
            rows, labels = X_train, y_train
            if sampler != EXPANDED:
                rows, labels = X_train[y_train != UNLABELED], y_train[y_train != UNLABELED]
            if sampler != REAL:
                rows, labels = make_sampler(sampler, name, labels, seed).fit_resample(rows, labels)
        except ValueError:  # SMOTE fails on a class with one row
            scores |= {(sampler, learner): np.nan for learner in LEARNERS}
            continue
        seconds[sampler] = time.perf_counter() - start
        for learner, make in LEARNERS.items():
            predicted = make(seed).fit(rows, labels).predict(X_test)
            scores[sampler, learner] = 100 * balanced_accuracy_score(y_test, predicted)
    return Outcome(scores, seconds)


def draw(name: str, seed: int) -> tuple[Any, Any, Any, Any]:
    """Draw the training rows of a split, and scale all rows by their statistics; divide pixels by their maximum."""
    task = SETS[name]
    X, y = task.load()
    X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=task.n_train, stratify=y, random_state=seed)
    if task.one_label:
        labelled = np.unique(y_train, return_index=True)[1]
        y_train = np.where(np.isin(np.arange(len(y_train)), labelled), y_train, UNLABELED)
    if task.image_shape:
        return X_train / X_train.max(), X_test / X_train.max(), y_train, y_test
    scaler = StandardScaler().fit(X_train)
    return scaler.transform(X_train), scaler.transform(X_test), y_train, y_test


def print_table(name: str, outcomes: list[Outcome]) -> None:
    """Print the results of a data set."""
    task = SETS[name]
    X, y = task.load()
    n_test, n_classes = len(X) - task.n_train, len(np.unique(y))
    labels = f", {n_classes} of them with a label" if task.one_label else ""
    print(f"\n{name}: {task.n_train} training rows{labels}, {n_test} test rows, {n_classes} classes")
    print(f"  {'':20}{REAL:>8}{SMOTED:>8}{EXPANDED:>10}   gain ± s.e.")
    scores = {key: np.array([outcome.scores[key] for outcome in outcomes]) for key in outcomes[0].scores}
    for learner in LEARNERS:
        print_line(learner, *(scores[sampler, learner] for sampler in COLORS))
    print_line("mean", *(np.mean([scores[sampler, learner] for learner in LEARNERS], axis=0) for sampler in COLORS))
    smoted, expanded = (np.array([outcome.seconds.get(s, np.nan) for outcome in outcomes]) for s in (SMOTED, EXPANDED))
    print(f"  {'seconds':20}{'':8}{shown(np.median, smoted, 8, 3)}{shown(np.median, expanded, 10, 3)}")
    failed = sum(SMOTED not in outcome.seconds for outcome in outcomes)
    if failed:
        print(f"  SMOTE failed on {failed} of {len(outcomes)} splits (a class with one row); its means omit these.")


def print_line(label: str, real: Any, smoted: Any, expanded: Any) -> None:
    """Print the mean scores of a learner, and the mean and standard error of its paired gain."""
    gain = expanded - real
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    scores = f"{real.mean():8.1f}{shown(np.mean, smoted, 8, 1)}{expanded.mean():10.1f}"
    print(f"  {label:20}{scores}   {gain.mean():+.1f} ± {error:.1f}")


def shown(summary: Callable[[Any], Any], values: Any, width: int, decimals: int) -> str:
    """Return a summary of the values that are there, or a dash."""
    present = values[~np.isnan(values)]
    return f"{summary(present):{width}.{decimals}f}" if len(present) else f"{'–':>{width}}"


def explain() -> None:
    """Explain the columns of the table."""
    print(
        f"""
real, SMOTE, skexpand   balanced accuracy on the test rows in percent, mean of {N_SPLITS} splits; trained on the
                        real labelled rows only, or on real and {NEW_ROWS} new rows
gain ± s.e.             skexpand minus real on the same splits, in points, and its standard error
seconds                 to fit the sampler and make the new rows, median"""
    )


def save_picture(outcomes: dict[str, list[Outcome]]) -> None:
    """Plot the scores above, and the new rows below."""
    plt.rcParams.update({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False})
    figure = plt.figure(figsize=(14, 9.4), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[1, 1.15], hspace=0.06)
    above.suptitle(f"Scores with and without {NEW_ROWS} new rows", fontsize=17, fontweight="bold")
    panels = above.subplots(1, len(SETS))
    for axes, name in zip(panels, SETS, strict=True):
        draw_scores(axes, name, outcomes[name])
    handles, _ = panels[0].get_legend_handles_labels()
    labels = ["trained on real rows only", "with rows from SMOTE", "with rows from skexpand"]
    above.legend(handles[: len(COLORS)], labels, loc="outside lower center", ncols=3, frameon=False)
    left, right = below.subfigures(1, 2, width_ratios=[1, 1.25])
    draw_rows(left.subplots(), "vehicles")
    draw_digits(right)
    figure.savefig(PICTURE, dpi=110)


def draw_scores(axes: Axes, name: str, outcomes: list[Outcome]) -> None:
    """Plot one line per learner, from its score with the real rows only to that with new rows."""
    for height, learner in enumerate(reversed(LEARNERS)):
        found = {s: np.array([outcome.scores[s, learner] for outcome in outcomes]) for s in COLORS}
        scores = {s: np.nan if np.isnan(values).all() else np.nanmean(values) for s, values in found.items()}
        axes.annotate(
            "",
            (scores[EXPANDED], height),
            (scores[REAL], height),
            arrowprops={"arrowstyle": "-", "color": COLORS[EXPANDED], "alpha": 0.35, "linewidth": 5},
        )
        for sampler, marker in ((REAL, "o"), (SMOTED, "D"), (EXPANDED, "o")):
            size = 60 if sampler == SMOTED else 120
            axes.scatter(scores[sampler], height, s=size, marker=marker, color=COLORS[sampler], zorder=3, label=sampler)
    axes.set_yticks(range(len(LEARNERS)), reversed(LEARNERS) if name == next(iter(SETS)) else [])
    axes.set(ylim=(-0.6, len(LEARNERS) - 0.4), xlabel="balanced accuracy, %")
    title = f"{name}, {SETS[name].n_train} rows" if SETS[name].one_label else f"{name}: {SETS[name].n_train} rows"
    axes.set_title(title, loc="left", fontweight="bold", fontsize=12)
    axes.grid(axis="x", color="#e6e6e6")
    axes.set_axisbelow(True)
    axes.margins(x=0.12)


def draw_rows(axes: Axes, name: str) -> None:
    """Plot the real and the new rows of a data set on the first two principal components of the real rows."""
    X, _, y, _ = draw(name, seed=0)
    sampler = make_sampler(EXPANDED, name, y, seed=0)
    rows, labels = sampler.fit_resample(X, y)
    plane = PCA(2).fit(X)
    colors = np.array(["#2a6fdb", "#d1495b", "#2e9e6b", "#8a5cc7"])
    new = plane.transform(rows[len(X) :])
    axes.scatter(*new.T, s=14, c=colors[labels[len(X) :]], alpha=0.28, linewidths=0)
    axes.scatter(*plane.transform(X).T, s=95, c=colors[y], edgecolors="black", linewidths=1.3, zorder=3)
    axes.set_title(f"{name}: {len(X)} real rows (ringed), {len(new)} new ones", loc="left", fontweight="bold")
    axes.set(xticks=[], yticks=[], xlabel="first principal component", ylabel="second")


def draw_digits(figure: SubFigure, n_new: int = 4) -> None:
    """Plot one real digit of each class, with new ones below."""
    X, _, y, _ = draw("digits", seed=0)
    synthesizer = ExpansiveSynthesizer(image_shape=SETS["digits"].image_shape, random_state=0).fit(X, y)
    title = "digits: a real image of each class, and new ones"
    figure.suptitle(title, x=0.03, ha="left", fontweight="bold", fontsize=12)
    grid = figure.subplots(n_new + 1, 10, gridspec_kw={"hspace": 0.08, "wspace": 0.08})
    for digit, column in enumerate(grid.T):
        images = [X[y == digit][0], *synthesizer.sample(n_new, y=digit)[0]]
        for place, image in enumerate(images):
            color = "gray_r" if place == 0 else "Blues"
            column[place].imshow(image.reshape(8, 8), cmap=color, vmin=0, vmax=1)
            column[place].set(xticks=[], yticks=[])
            column[place].spines[:].set_visible(False)
    grid[0, 0].set_ylabel("real", rotation=0, ha="right", va="center")
    grid[1, 0].set_ylabel("new", rotation=0, ha="right", va="center")


def say_what_next() -> None:
    """Print the command that answers whether it helps on another table."""
    command = os.path.relpath(Path(sys.executable).with_name("skexpand"))
    print(f"\nPicture: {PICTURE.resolve()}")
    print("\nNext, let a report say whether it helps on a table of yours. For example:")
    print(f"  {command} report examples/data/penguins.csv --target species --out report.html")


def main() -> None:
    """Run the splits, print the tables, and save the picture."""
    print(f"Expanding small samples of {len(SETS)} data sets, {N_SPLITS} splits each: less than a minute.", flush=True)
    jobs = [(name, seed) for name in SETS for seed in range(N_SPLITS)]
    done = Parallel(n_jobs=-1, return_as="generator")(delayed(run_split)(*job) for job in jobs)
    done = list(tqdm(done, total=len(jobs), desc="splits", leave=False))
    outcomes = {name: [o for (set_name, _), o in zip(jobs, done, strict=True) if set_name == name] for name in SETS}
    for name in SETS:
        print_table(name, outcomes[name])
    explain()
    save_picture(outcomes)
    say_what_next()


if __name__ == "__main__":
    main()
