"""
Ten images of each digit
========================

Two images of the same digit differ mainly in the position of their strokes. The synthesizer therefore learns smooth
flows between images, and a new image is a real one moved by such flows.
"""

# %%
# A hundred digits
# ----------------
# scikit-learn's digits have 8 by 8 pixels. Ten images of each digit are used for training, all others for testing.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skexpand import ExpansiveSynthesizer
from skexpand.images import plot_expansion, plot_flows, plot_interpolation, to_images

X, y = load_digits(return_X_y=True)
X_few, X_test, y_few, y_test = train_test_split(X, y, train_size=100, stratify=y, random_state=0)

synthesizer = ExpansiveSynthesizer(image_shape=(8, 8), expansion_ratio=20, random_state=0)
X_more, y_more = synthesizer.fit_resample(X_few, y_few)
print(X_few.shape, X_more.shape)

# %%
# Framed digits are real. The others in each row are new and have the framed one as their anchor.

plot_expansion(synthesizer, n_children=11)
plt.show()

# %%
# The flows
# ---------
# Edges join each image to others of the same digit, most of them similar. For every edge, a smooth flow is fitted that
# maps one image to the other: an affine map plus a coarse grid of displacements. The grid shows where each pixel's
# value comes from; the last row is what the flow does not explain. A new image is its anchor moved by a weighted sum of
# flows of a few edges.

plot_flows(synthesizer, n_flows=10)
plt.show()

# %%
# Half of a flow moves an image halfway, so the intermediate images are digits too.

plot_interpolation(synthesizer, n_edges=4, n_steps=9)
plt.show()

# %%
# The share of the difference along edges that flows explain, and the factor on the length of flows, which
# cross-validation on the hundred digits has chosen:

print(f"explained: {synthesizer.explained_:.2f}, spread: {synthesizer.spread_}")

# %%
# A larger spread
# ---------------
# With a spread above 1, new images vary more than real digits do. Flows that would fold the image are scaled down, so
# images are distorted but never torn.

SPREADS = (0.5, 1.0, 1.5, 2.0)
anchor = np.flatnonzero(y_few == 3)[0]
figure, axes = plt.subplots(1, 1 + len(SPREADS), figsize=(9, 2.2), layout="constrained")
axes[0].imshow(to_images(X_few, (8, 8))[anchor], cmap="gray_r", vmin=0, vmax=16)
axes[0].set(xticks=[], yticks=[], title="real")
for panel, spread in zip(axes[1:], SPREADS, strict=True):
    bent = ExpansiveSynthesizer(image_shape=(8, 8), spread=spread, expansion_ratio=2, random_state=0)
    made, _ = bent.fit_resample(X_few, y_few)
    child = np.flatnonzero(bent.parents_["anchor"] == anchor)[0]
    panel.imshow(to_images(made[len(X_few) :], (8, 8))[child], cmap="gray_r", vmin=0, vmax=16)
    panel.set(xticks=[], yticks=[], title=f"spread {spread:g}")
plt.show()

# %%
# Effect on learners
# ------------------
# Accuracy over six draws of a hundred digits, with standard errors over the draws. SMOTE, which averages the pixels of
# neighbours, is shown for comparison.

from imblearn import FunctionSampler
from imblearn.over_sampling import SMOTE
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

LEARNERS = {
    "support\nvectors": SVC(C=10),
    "nearest\nneighbours": KNeighborsClassifier(3),
    "random\nforest": RandomForestClassifier(100, random_state=0),
}
TOTALS = dict.fromkeys(range(10), 200)
SAMPLERS = {
    "real digits only": FunctionSampler(),
    "SMOTE": SMOTE(sampling_strategy=TOTALS, random_state=0),
    "flows": ExpansiveSynthesizer(sampling_strategy=TOTALS, image_shape=(8, 8), random_state=0),
}


def scores_of(seed):
    """Return the accuracy of each learner after each sampler, on one draw of a hundred digits."""
    X_few, X_test, y_few, y_test = train_test_split(X, y, train_size=100, stratify=y, random_state=seed)
    tables = [sampler.fit_resample(X_few, y_few) for sampler in SAMPLERS.values()]
    return [[learner.fit(*table).score(X_test, y_test) for table in tables] for learner in LEARNERS.values()]


scores = 100 * np.array([scores_of(seed) for seed in range(6)])  # (draws, learners, samplers)
means, errors = scores.mean(axis=0), scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
places = np.arange(len(LEARNERS))
figure, axes = plt.subplots(figsize=(8.2, 4.2), layout="constrained")
for k, (name, color) in enumerate(zip(SAMPLERS, ("#b4b8bf", "#e0752d", "#2a6fdb"), strict=True)):
    bars = axes.bar(places + 0.27 * k, means[:, k], 0.25, yerr=errors[:, k], color=color, label=name)
    axes.bar_label(bars, fmt="%.1f", padding=2)
axes.set_xticks(places + 0.27, LEARNERS)
axes.set_ylim(np.floor(means.min() / 5) * 5 - 5, 100)
axes.set_ylabel("accuracy, %")
axes.spines[["top", "right"]].set_visible(False)
figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
plt.show()

# %%
# The axis does not start at zero; the figures above the bars are the accuracies.
