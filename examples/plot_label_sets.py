"""
Label sets as target
====================

An article is about law *and* sport, a scan shows two findings at once: rows have sets of labels. Here the labels of a
handwritten digit are the bars of a seven-segment display that it lights. A learner decides on each bar, and what it
lights may be no digit at all. With ``target="label_sets"`` new rows have sets that exist.
"""

# %%
# Thirty digits, seven labels
# ---------------------------
# y has a column for each bar. Three images of each digit are for training, all others for testing.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from skexpand import ExpandedClassifier, ExpansiveSynthesizer

#             top, upper left, upper right, middle, lower left, lower right, bottom
BARS = ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"]
LIT = np.array([list(map(int, bars)) for bars in BARS])

images, digits = load_digits(return_X_y=True)
train = np.concatenate([np.flatnonzero(digits == digit)[:3] for digit in range(10)])
test = np.setdiff1d(np.arange(len(digits)), train)
X, y = images[train], LIT[digits[train]]

# %%
# What learners make of them
# --------------------------
# :class:`~skexpand.ExpandedClassifier` sees that y has several columns, and tells its sampler. *Digits*: test images
# whose bars are a digit's, right or wrong.

sampler = ExpansiveSynthesizer(image_shape=(8, 8), random_state=0)
learners = {"support vectors": OneVsRestClassifier(SVC()), "nearest neighbours": KNeighborsClassifier()}
found = {}
for name, learner in learners.items():
    for kind, model in {"real": learner, "expanded": ExpandedClassifier(learner, sampler)}.items():
        lit = found[name, kind] = model.fit(X, y).predict(images[test])
        score = f1_score(LIT[digits[test]], lit, average="macro")
        exist = np.mean((lit[:, None] == LIT).all(axis=2).any(axis=1))
        print(f"{name}, {kind}: macro-F1 {score:.1%}, digits {exist:.1%}")

# %%
# The first test image of each digit that the first learner displays wrongly when trained on the real rows. Bars that
# are lit rightly are blue, wrongly lit ones red, missing ones dashed.

ENDS = [((0, 2), (1, 2)), ((0, 1), (0, 2)), ((1, 1), (1, 2)), ((0, 1), (1, 1)), ((0, 0), (0, 1)), ((1, 0), (1, 1))]
ENDS.append(((0, 0), (1, 0)))


def display(panel, lit, truth):
    for (start, end), is_lit, is_right in zip(ENDS, lit, truth, strict=True):
        if is_lit or is_right:
            color = "#2a6fdb" if is_lit and is_right else "#d03b33"
            style = "-" if is_lit else (0, (1, 1))
            panel.plot(*zip(start, end, strict=True), color=color, linestyle=style, linewidth=4 if is_lit else 2)
    panel.set(xlim=(-0.6, 1.6), ylim=(-0.3, 2.3), aspect="equal")


name = "support vectors"
wrong = (found[name, "real"] != LIT[digits[test]]).any(axis=1)
shown = [np.flatnonzero(wrong & (digits[test] == digit))[0] for digit in np.unique(digits[test][wrong])]
figure, panels = plt.subplots(3, len(shown), figsize=(9.5, 4.4), layout="constrained")
for column, row in zip(panels.T, shown, strict=True):
    column[0].imshow(images[test[row]].reshape(8, 8), cmap="gray_r")
    display(column[1], found[name, "real"][row], LIT[digits[test[row]]])
    display(column[2], found[name, "expanded"][row], LIT[digits[test[row]]])
for panel, title in zip(panels[:, 0], ("test image", "real rows", "expanded"), strict=True):
    panel.set_ylabel(title)
for panel in panels.ravel():
    panel.set(xticks=[], yticks=[])
    panel.spines[:].set_visible(False)
plt.show()

# %%
# Every set has as many rows as any other by default; ``sampling_strategy="stratified"`` keeps the frequencies of the
# labels. See :doc:`/user_guide/label_sets`.
