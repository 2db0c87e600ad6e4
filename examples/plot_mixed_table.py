"""
A table with categories and missing values
==========================================

The synthesizer takes a table with categories, integers and missing values as it is, without encoding or imputation, and
returns rows that could have been in it.
"""

# %%
# Forty penguins
# --------------
# The data, including the missing values in ``sex``, are real (`palmerpenguins
# <https://allisonhorst.github.io/palmerpenguins/>`_, in the public domain). Two changes make the task harder and the
# plots more interesting. Bill length is left out, because it nearly identifies the species by itself. And the scale
# ends at 5 kg: the body mass of heavier birds is missing. Such a missing value is informative, because only gentoos are
# that heavy.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from skexpand import ExpansiveSynthesizer

folder = next(path for path in map(Path, ("data", "examples/data", "../data")) if path.exists())
penguins = pd.read_csv(folder / "penguins.csv").drop(columns="bill_length_mm").dropna(subset="bill_depth_mm")
penguins = penguins.astype({"island": "category", "flipper_length_mm": "Int64", "body_mass_g": "Int64"})
penguins.loc[penguins.body_mass_g > 5000, "body_mass_g"] = pd.NA
X, y = penguins.drop(columns="species"), penguins.species
X_few, X_test, y_few, y_test = train_test_split(X, y, train_size=40, stratify=y, random_state=13)
X_few.head(8)

# %%
# Add new birds, so that all species have the same number of rows. Columns, their order and their dtypes are kept.
# A rule adds what the table does not say: no bird weighs more than the scale can show. Rows that break it are redrawn.


def fits_the_scale(birds):
    """Return which birds the scale could have weighed."""
    return birds.body_mass_g.isna() | (birds.body_mass_g <= 5000)


synthesizer = ExpansiveSynthesizer(expansion_ratio=10, rules=[fits_the_scale], random_state=0)
X_more, y_more = synthesizer.fit_resample(X_few, y_few)
new, kinds = X_more.iloc[len(X_few) :], y_more.iloc[len(X_few) :]
new.head(8)

# %%
pd.DataFrame({"before": X_few.dtypes.astype(str), "after": X_more.dtypes.astype(str), "gaps": X_more.isna().sum()})

# %%
# Real and new birds
# ------------------
# Colours are species, markers are islands. Gentoos live on Biscoe and chinstraps on Dream, both real and new ones.
# Birds that were too heavy for the scale are shown in the strip above.

SPECIES = {"Adelie": "#e0752d", "Chinstrap": "#7b4ab8", "Gentoo": "#2a6fdb"}
ISLANDS = {"Biscoe": "o", "Dream": "^", "Torgersen": "s"}
STRIP = 5350  # where birds without body mass are plotted
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11})


def show_birds(axes, birds, kinds, title, **style):
    """Plot birds: species by colour, islands by marker, those without body mass in the strip."""
    mass = birds.body_mass_g.astype(float)
    jitter = np.random.default_rng(0).uniform(-110, 110, len(birds))
    heights = mass.fillna(STRIP).where(mass.notna(), STRIP + jitter)
    axes.axhspan(STRIP - 170, STRIP + 170, color="#efeff2", zorder=0)
    for island, mark in ISLANDS.items():
        here = (birds.island == island).to_numpy()
        colors = kinds[here].map(SPECIES)
        axes.scatter(birds.flipper_length_mm[here].astype(float), heights[here], c=colors, marker=mark, **style)
    axes.set_title(title, loc="left", fontweight="bold")
    axes.set(xlim=(165, 242), ylim=(2400, STRIP + 170), xlabel="flipper, mm")


figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5.2), sharey=True, layout="constrained")
show_birds(left, X_few, y_few, f"{len(X_few)} birds", s=70, edgecolors="black", linewidths=0.8)
show_birds(right, new, kinds, f"and {len(new)} new ones", s=26, alpha=0.5, linewidths=0)
left.set(ylabel="body mass, g")
left.set_yticks([*range(3000, 5001, 500), STRIP], [*range(3000, 5001, 500), "no mass"])
for name, color in SPECIES.items():
    left.plot([], [], "o", color=color, label=name)
for name, mark in ISLANDS.items():
    left.plot([], [], mark, color="#777777", fillstyle="none", label=name)
figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=6, frameon=False)
plt.show()

# %%
# Missing values and categories
# -----------------------------
# New birds have missing values and islands at the rates of their species. Forty birds estimate these rates only
# roughly: rings show those of all 342 birds.


def shares(birds, kinds):
    """Return the percentages of each species that the panels show."""
    facts = {
        "no body mass": birds.body_mass_g.isna(),
        "sex unknown": birds.sex.isna(),
        "living on Biscoe": birds.island == "Biscoe",
    }
    return 100 * pd.DataFrame(facts).groupby(kinds).mean()


few, made, everyone = shares(X_few, y_few), shares(new, kinds), shares(X, y)
places = np.arange(len(SPECIES))
figure, panels = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
for axes, fact in zip(panels, few, strict=True):
    axes.bar(places, few[fact], 0.36, color="#b4b8bf", label=f"{len(X_few)} birds")
    axes.bar(places + 0.38, made[fact], 0.36, color="#2a6fdb", label="new birds")
    axes.plot(places + 0.19, everyone[fact], "o", color="black", fillstyle="none", markersize=9, label="all birds")
    axes.set_title(fact, loc="left", fontweight="bold")
    axes.set_xticks(places + 0.19, few.index)
panels[0].set_ylabel("% of the species")
panels[0].legend(frameon=False)
plt.show()

# %%
# Effect on learners
# ------------------
# The synthesizer comes first, on the table as it is, followed by the usual ``ColumnTransformer``. Both are fitted on
# the training rows only. Scores over ten draws of forty birds, tested on the others, with standard errors.

from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skexpand.pipeline import make_pipeline

encode = make_column_transformer(
    (
        make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()),
        make_column_selector(dtype_include="number"),
    ),
    (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
)
LEARNERS = {
    "logistic\nregression": LogisticRegression(max_iter=1000),
    "nearest\nneighbours": KNeighborsClassifier(),
    "random\nforest": RandomForestClassifier(50, random_state=0),
}


def scores_of(draw):
    """Return the scores of one draw of forty birds: learners, without and with new rows."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=40, stratify=y, random_state=draw)
    expand = ExpansiveSynthesizer(expansion_ratio=10, rules=[fits_the_scale], random_state=draw)
    return [
        [balanced_accuracy_score(y_test, model.fit(X_train, y_train).predict(X_test)) for model in models]
        for models in (
            (make_pipeline(encode, learner), make_pipeline(expand, encode, learner)) for learner in LEARNERS.values()
        )
    ]


scores = 100 * np.array([scores_of(draw) for draw in range(10)])  # (draws, learners, without and with)
means, errors = scores.mean(axis=0), scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
gains = means[:, 1] - means[:, 0]
places = np.arange(len(LEARNERS))
figure, axes = plt.subplots(figsize=(8.2, 4.2), layout="constrained")
for k, (label, color) in enumerate({"real rows only": "#b4b8bf", "expanded": "#2a6fdb"}.items()):
    axes.bar(places + 0.38 * k, means[:, k], 0.36, yerr=errors[:, k], color=color, label=label)
for place, gain, top in zip(places, gains, (means + errors).max(axis=1), strict=True):
    axes.annotate(f"{gain:+.1f}", (place + 0.19, top), (0, 5), textcoords="offset points", ha="center", weight="bold")
axes.set_xticks(places + 0.19, LEARNERS)
axes.set_ylim(np.floor(means.min() / 5) * 5 - 5, np.ceil((means + errors).max() / 5) * 5 + 1)
axes.set_ylabel("balanced accuracy, %")
figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=2, frameon=False)
plt.show()

# %%
# The axis does not start at zero; the figures above the bars are the gains in points. With bill length included, forty
# birds are nearly enough to identify the species, and new rows gain less.
