"""
Rows in parts
=============

More rows than fit into memory are written in parts: as a folder of Parquet files, which may be interrupted and
completed, and is the same for any number of workers.
"""

# %%
# Two hundred thousand penguins
# -----------------------------
# The synthesizer is fitted once; each part is then made from a stream of random numbers of its own.

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import pandas as pd

from skexpand import ExpansiveSynthesizer
from skexpand.parts import to_parquet

data = next(path for path in map(Path, ("data", "examples/data", "../data")) if path.exists())
penguins = pd.read_csv(data / "penguins.csv")
X, y = penguins.drop(columns="species"), penguins.species
synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, y)

place = TemporaryDirectory()
folder = Path(place.name, "penguins")
to_parquet(synthesizer, 200_000, folder, rows_per_part=50_000, target="species")
for file in sorted(folder.iterdir()):
    print(f"{file.name:22} {file.stat().st_size / 1e6:5.2f} MB")

# %%
# A part is lost
# --------------
# The same call makes what is missing, and nothing else. The part is the same, byte for byte.

part = folder / "part-000002.parquet"
before = part.read_bytes()
part.unlink()
to_parquet(synthesizer, 200_000, folder, rows_per_part=50_000, target="species")
print("the same part:", part.read_bytes() == before)

# %%
# One table
# ---------
# pandas, Dask, Spark and DuckDB read the folder as one table, or some columns of it. Shades show how many new birds
# there are, dots are the real ones.

new = pd.read_parquet(folder, columns=["flipper_length_mm", "body_mass_g", "species"])
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11})
figure, panels = plt.subplots(1, 3, figsize=(11, 4.2), sharex=True, sharey=True, layout="constrained")
colors = {"Adelie": ("Oranges", "#8c3b00"), "Chinstrap": ("Purples", "#40216b"), "Gentoo": ("Blues", "#0b3d91")}
for axes, (species, (shades, ink)) in zip(panels, colors.items(), strict=True):
    birds, real = new[new.species == species], penguins[penguins.species == species]
    axes.hexbin(birds.flipper_length_mm, birds.body_mass_g, gridsize=32, cmap=shades, bins="log", linewidths=0.1)
    axes.scatter(real.flipper_length_mm, real.body_mass_g, s=14, color=ink, edgecolors="white", linewidths=0.6)
    axes.set_title(f"{species}: {len(birds):,} new, {len(real)} real", loc="left", fontsize="medium", fontweight="bold")
    axes.set_xlabel("flipper, mm")
panels[0].set_ylabel("body mass, g")
plt.show()
place.cleanup()

# %%
# More rows add no facts: the shades only fill what 344 birds suggest. :doc:`../user_guide/on_a_cluster` does the same
# in several processes and on a Dask cluster.
