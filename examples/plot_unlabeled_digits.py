"""
One label for each digit
========================

Ten labelled digits contain little information about the others. But the unlabelled digits show how digits vary, and
labels spread from one digit to its neighbours. Here, rows without a label are worth nearly as much as labelled ones.
"""

# %%
# Ten labels
# ----------
# One image of each digit keeps its label; all others are marked with -1. A third of the images is held out for testing.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

from skexpand import ExpansiveSynthesizer

X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=0)
labeled = np.array([np.flatnonzero(y == digit)[0] for digit in range(10)])
y_few = np.full(len(y), -1)
y_few[labeled] = y[labeled]

# %%
# Accuracy when trained on ten digits, without and with expansion, and with the unlabelled digits in addition:

alone = SVC().fit(X[labeled], y[labeled])
few = ExpansiveSynthesizer(image_shape=(8, 8), random_state=0).fit_resample(X[labeled], y[labeled])
sampler = ExpansiveSynthesizer(image_shape=(8, 8), unlabeled=-1, max_epochs=0, random_state=0)
X_more, y_more = sampler.fit_resample(X, y_few)
scores = {
    "ten digits": alone.score(X_test, y_test),
    "expanded": SVC().fit(*few).score(X_test, y_test),
    "with unlabelled digits": SVC().fit(X_more, y_more).score(X_test, y_test),
}
for name, score in scores.items():
    print(f"{name}: {score:.1%}")

# %%
# How far labels spread
# ---------------------
# Each row shows a labelled digit in a frame, followed by digits with the same inferred label: the six most certain,
# then the six least certain. Wrong labels have a red frame.

found, sure = sampler.transduction_, sampler.label_distributions_.max(axis=1)
print(f"correct inferred labels: {np.mean((found == y)[y_few == -1]):.1%}")

figure, axes = plt.subplots(10, 13, figsize=(9, 7.5), layout="constrained")
for line, digit in zip(axes, range(10), strict=True):
    given = np.flatnonzero((found == digit) & (y_few == -1))
    order = given[np.argsort(-sure[given], kind="stable")]
    for panel, row in zip(line, [labeled[digit], *order[:6], *order[-6:]], strict=True):
        panel.imshow(X[row].reshape(8, 8), cmap="gray_r")
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set_visible(row == labeled[digit] or y[row] != digit)
        panel.spines[:].set_color("black" if row == labeled[digit] else "red")
axes[0, 0].set_title("label", fontsize="small")
axes[0, 3].set_title("certain", fontsize="small")
axes[0, 10].set_title("uncertain", fontsize="small")
plt.show()

# %%
# Known shares
# ------------
# If each digit is known to be a tenth of all, stating this keeps a digit that looks like others, such as a nine, from
# taking their images.

known = ExpansiveSynthesizer(
    image_shape=(8, 8), unlabeled=-1, class_shares="balanced", max_epochs=0, spread=1.0, random_state=0
).fit(X, y_few)
print(f"correct inferred labels: {np.mean((known.transduction_ == y)[y_few == -1]):.1%}")
