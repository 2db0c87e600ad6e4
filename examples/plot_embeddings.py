"""
Embeddings of a network
=======================

A network that was trained on other classes maps rows to vectors in which like is near like. Five new classes with three
labels each are then learned from these vectors, with the help of all rows that have no label.
"""

# %%
# A network for other classes
# ---------------------------
# The network learns the digits 0 to 4. Its hidden layer, 128 numbers for each image, is then used for the digits 5 to
# 9, which it has never seen.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

digits, kinds = load_digits(return_X_y=True)
digits = digits / 16
seen = kinds < 5
network = MLPClassifier((128,), activation="tanh", max_iter=60, early_stopping=True, random_state=0)
network.fit(digits[seen], kinds[seen])


def embed(images):
    """Return the hidden layer."""
    return np.tanh(images @ network.coefs_[0] + network.intercepts_[0])


X, y = embed(digits[~seen]), kinds[~seen]
print(f"{len(X)} embeddings of {X.shape[1]} columns, five classes")

# %%
# Three labels for each class
# ---------------------------
# Half of the rows are kept for testing. Of the others, three in each class keep their label.

from sklearn.model_selection import train_test_split

X, X_test, y, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)
labeled = np.concatenate([np.flatnonzero(y == label)[:3] for label in np.unique(y)])
y_few = np.full(len(y), -1)
y_few[labeled] = y[labeled]

# %%
# A table of many floats is taken for embeddings, and labels spread along the graph of nearest rows. Ringed rows came
# with a label; the surer an inferred one, the larger its dot.

from skexpand import ExpansiveSynthesizer
from skexpand.plot import LabelSpreadingDisplay

synthesizer = ExpansiveSynthesizer(unlabeled=-1, random_state=0)
X_more, y_more = synthesizer.fit_resample(X, y_few)
display = LabelSpreadingDisplay.from_estimator(synthesizer, X, y_few)
display.figure_.set_size_inches(8.5, 5.6)
plt.show()

# %%
# What it gains
# -------------
# Accuracy on the test rows of a support vector machine, trained on fifteen rows, on these and new ones, and on all:

from sklearn.svm import SVC

inferred = y_few == -1
few = ExpansiveSynthesizer(random_state=0).fit_resample(X[labeled], y[labeled])
print(f"correct inferred labels: {np.mean(synthesizer.transduction_[inferred] == y[inferred]):.1%}")
for name, rows in (
    ("fifteen rows", (X[labeled], y[labeled])),
    ("expanded", few),
    ("with rows without labels", (X_more, y_more)),
    ("all true labels", (X, y)),
):
    print(f"{name:24} {SVC().fit(*rows).score(X_test, y_test):.1%}")
