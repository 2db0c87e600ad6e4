"""
A hundred images of each MNIST digit
====================================

A thousand digits become five thousand. Which of the new ones are informative, and how much does a learner gain?

.. image:: /_static/mnist_100.png
   :alt: Framed real digits, one in each row, and new ones made from each.

The digits are read from the folder named by the environment variable `SKEXPAND_DATA` (`images/mnist.npz`, as in the
benchmarks), or else downloaded from OpenML (15 MB, cached by scikit-learn). Building the documentation downloads
nothing: without the folder, this page shows the code and the figure above only.
"""

# %%
# A thousand digits
# -----------------

import os
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import fetch_openml
from sklearn.model_selection import train_test_split

from skexpand import ExpansiveSynthesizer
from skexpand.images import plot_expansion, plot_flows, to_images


def mnist():
    """Return a few thousand flattened digits of 28 by 28 pixels, and their labels."""
    file = Path(os.environ.get("SKEXPAND_DATA", "")) / "images" / "mnist.npz"
    if file.is_file():
        with np.load(file) as data:
            return data["X_train"].reshape(-1, 784), data["y_train"]
    X, y = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True)
    return X[:6000].astype(np.uint8), y[:6000].astype(int)


X, y = mnist()
few = np.concatenate([np.flatnonzero(y == digit)[:100] for digit in range(10)])
rest = np.setdiff1d(np.arange(len(y)), few)
X_few, y_few = X[few], y[few]
X_test, _, y_test, _ = train_test_split(X[rest], y[rest], train_size=2000, stratify=y[rest], random_state=0)
print(X_few.shape, X_test.shape)

# %%
# Five thousand digits
# --------------------
# `expansion_ratio` includes the originals: four new digits for each real one.

synthesizer = ExpansiveSynthesizer(image_shape=(28, 28), expansion_ratio=5, random_state=0)
start = time.perf_counter()
X_more, y_more = synthesizer.fit_resample(X_few, y_few)
print(f"{len(X_more) - len(X_few)} new digits in {time.perf_counter() - start:.0f} s")
print(f"explained: {synthesizer.explained_:.2f}, spread: {synthesizer.spread_}, mirrored: {synthesizer.mirrored_}")

# %%
# Framed digits are real. The others in each row are new and have the framed one as their anchor.

plot_expansion(synthesizer, n_children=11)
plt.show()

# %%
# Flows between images of the same digit. The grid shows where each pixel's value comes from; the last row is what the
# flow does not explain.

plot_flows(synthesizer, n_flows=10)
plt.show()

# %%
# Informative digits
# ------------------
# A support vector machine trained on the thousand real digits classifies most of the new ones correctly. These are some
# that it does not: the anchor above, the new digit below, and the wrong prediction under it.

from sklearn.svm import SVC

real_only = SVC(C=10).fit(X_few / 255.0, y_few)
new, labels = X_more[len(X_few) :], y_more[len(X_few) :]
taken_for = real_only.predict(new / 255.0)
wrong = np.flatnonzero(taken_for != labels)
print(f"{100 * len(wrong) / len(new):.1f} % are classified as another digit")

shown = np.random.default_rng(0).permutation(wrong)[:14]
figure, axes = plt.subplots(2, len(shown), figsize=(9, 1.7), layout="constrained")
for line, rows in zip(axes, (X_few[synthesizer.parents_["anchor"][shown]], new[shown]), strict=True):
    for panel, image in zip(line, to_images(rows, (28, 28)), strict=True):
        panel.imshow(image, cmap="gray_r", vmin=0, vmax=255)
        panel.set(xticks=[], yticks=[])
for panel, row in zip(axes[1], shown.tolist(), strict=True):
    panel.set_xlabel(f"{taken_for[row]}?")
axes[0, 0].set_ylabel("real")
axes[1, 0].set_ylabel("new")
plt.show()

# %%
# Effect on learners
# ------------------
# Accuracy on 2,000 other digits, against the number of new digits added to the thousand real ones.

from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier

LEARNERS = {
    "support vectors": (SVC(C=10), "#2a6fdb"),
    "random forest": (RandomForestClassifier(100, random_state=0), "#2f9e6e"),
    "nearest neighbours": (KNeighborsClassifier(3), "#e0752d"),
}
SHARES = (0, 500, 1000, 2000, 4000)
order = np.random.default_rng(0).permutation(len(new))

figure, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
for name, (learner, color) in LEARNERS.items():
    accuracies = []
    for count in SHARES:
        rows = np.concatenate([X_few, new[order[:count]]]) / 255.0
        learner.fit(rows, np.concatenate([y_few, labels[order[:count]]]))
        accuracies.append(100 * learner.score(X_test / 255.0, y_test))
    axes.plot(SHARES, accuracies, "o-", color=color)
    axes.annotate(
        f"{name}\n{accuracies[0]:.1f} → {accuracies[-1]:.1f}", (4150, accuracies[-1]), va="center", color=color
    )
axes.set(xlabel="new digits added to 1,000 real ones", ylabel="accuracy, %", xlim=(-100, 5700), xticks=SHARES)
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %%
# This is one draw and one seed. :doc:`The benchmarks </benchmarks>` have five, and compare with convolutional networks
# and hand-made augmentation.
