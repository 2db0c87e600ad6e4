"""
Rows on demand
==============

A fitted synthesizer makes rows of a stated kind: of one sex, in a range of sizes, on a certain island. The other
columns follow the real rows of this kind, even where there are few of them.
"""

# %%
# A hundred penguins
# ------------------
# The data are real (`palmerpenguins <https://allisonhorst.github.io/palmerpenguins/>`_, in the public domain). The
# synthesizer is fitted to a hundred birds, and the others show whether it is right.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from skexpand import ExpansiveSynthesizer

folder = next(path for path in map(Path, ("data", "examples/data", "../data")) if path.exists())
penguins = pd.read_csv(folder / "penguins.csv").dropna()
X, y = penguins.drop(columns="species"), penguins.species
X_few, X_rest, y_few, y_rest = train_test_split(X, y, train_size=100, stratify=y, random_state=0)
synthesizer = ExpansiveSynthesizer(random_state=0).fit(X_few, y_few)

# %%
# Ask for females of medium size. How many of the hundred birds are like that?

wish = {"sex": "FEMALE", "flipper_length_mm": (190, 195)}
alike = (X_few.sex == "FEMALE") & X_few.flipper_length_mm.between(190, 195)
new, kinds = synthesizer.sample(2000, given=wish)
print(f"{alike.sum()} of {len(X_few)} real birds, {len(new):,} new ones")
new.head()

# %%
# What goes with it
# -----------------
# Heavier birds have longer flippers, and males of a species are heavier than females. New birds know both, though only
# sex and flipper were asked for. On the right, one flipper length after the other is given, for either sex: half of the
# new birds lie within the dark band, nine in ten within the light one. Dots are birds that the synthesizer has not
# seen.

COLORS = {"FEMALE": "#c2410c", "MALE": "#1d4ed8"}
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11})


def band_of(sex):
    """Return flipper lengths seen of a sex, and for each the quantiles of the body mass of new birds, in kilograms."""
    seen = X_few.flipper_length_mm[X_few.sex == sex]
    lengths = np.arange(seen.min(), seen.max() + 1, 2)
    birds = [synthesizer.sample(400, given={"sex": sex, "flipper_length_mm": mm})[0] for mm in lengths]
    masses = [flock.body_mass_g / 1000 for flock in birds]
    return lengths, np.quantile(masses, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)


def show_birds(axes, birds, **style):
    """Plot birds by flipper and body mass."""
    axes.scatter(birds.flipper_length_mm, birds.body_mass_g / 1000, **style)


figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5), sharey=True, sharex=True, layout="constrained")
left.axvspan(189.5, 195.5, color="#fdf0e7", zorder=0)
show_birds(left, new, s=12, color=COLORS["FEMALE"], alpha=0.12, linewidths=0, label="new birds")
show_birds(left, X_few, s=26, color="#b4b8bf", label="real birds")
show_birds(left, X_few[alike], s=60, color="#b4b8bf", edgecolors="black", label="real birds like that")
left.set_title("females with flippers of 190 to 195 mm", loc="left", fontweight="bold")
left.legend(frameon=False, loc="upper left")
for sex, color in COLORS.items():
    lengths, (lowest, low, middle, high, highest) = band_of(sex)
    right.fill_between(lengths, lowest, highest, color=color, alpha=0.13, linewidth=0)
    right.fill_between(lengths, low, high, color=color, alpha=0.3, linewidth=0)
    right.plot(lengths, middle, color=color, linewidth=2, label=f"{sex.lower()}s")
    show_birds(right, X_rest[X_rest.sex == sex], s=16, color=color, edgecolors="white", linewidths=0.5)
right.set_title("any flipper length, given one by one", loc="left", fontweight="bold")
right.legend(frameon=False, loc="upper left")
left.set(ylabel="body mass, kg", xlabel="flipper, mm")
right.set(xlabel="flipper, mm", xlim=(170, 235))
plt.show()

# %%
# The wish says nothing of species or island; these come as often as among the real birds that fulfil it.

real = y_rest[(X_rest.sex == "FEMALE") & X_rest.flipper_length_mm.between(190, 195)]
shares = {"new birds": pd.Series(kinds), "birds not seen": real}
pd.DataFrame({name: found.value_counts(normalize=True).round(2) for name, found in shares.items()}).fillna(0)

# %%
# Too rare a wish
# ---------------
# If no real bird fulfils a wish or comes near it, an error says how rare each part of it is, before any row is made.

try:
    synthesizer.sample(10, given={"island": "Torgersen", "flipper_length_mm": (225, None)})
except ValueError as error:
    print(error)
