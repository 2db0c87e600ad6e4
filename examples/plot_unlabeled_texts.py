"""
A few labelled texts
====================

Texts are cheap and labels are not: of 1,830 questions to a bank, one per intent has a label. A sentence model knows
which questions are alike, and their embeddings are all that is needed to spread the labels.
"""

# %%
# From texts to rows
# ------------------
# A sentence model turns each text into a row of numbers, its embedding. With the package sentence-transformers:
#
# .. code-block:: python
#
#    from sentence_transformers import SentenceTransformer
#
#    model = SentenceTransformer("all-MiniLM-L6-v2")
#    X = model.encode(texts)  # (n_texts, 384)
#
# Pass ``X`` as it is, without scaling: a trained model has decided what its columns mean. This page uses embeddings of
# 20 of the 77 intents of Banking77 (Casanueva et al., 2020), reduced to 128 columns.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE

from skexpand import ExpansiveSynthesizer

folder = next(path for path in map(Path, ("data", "examples/data", "../data")) if path.exists())
with np.load(folder / "intents.npz") as file:
    X, y, X_test, y_test = (file[name] for name in ("X_train", "y_train", "X_test", "y_test"))
    intents = file["intents"]
X, X_test = X / 180, X_test / 180
y = y.astype(int)  # so that -1 can be a label
print(f"{len(X):,} texts, {len(X_test)} for testing, {X.shape[1]} columns, {len(intents)} intents")

# %%
# One, two and five labels per intent
# -----------------------------------
# A logistic regression is trained on the labelled texts alone, and on all texts with their inferred labels. With
# ``sampling_strategy="stratified"`` and ``expansion_ratio=1``, no new rows are made; on embeddings, they add nothing.


def hidden(per_intent, seed=0):
    """Return labels with -1 for all but a few texts of each intent."""
    rng = np.random.default_rng(seed)
    kept = [rng.permutation(np.flatnonzero(y == intent))[:per_intent] for intent in range(len(intents))]
    return np.where(np.isin(np.arange(len(y)), np.concatenate(kept)), y, -1)


def score(rows, labels):
    """Return the accuracy on the test texts."""
    return LogisticRegression(C=10, max_iter=500).fit(rows, labels).score(X_test, y_test)


sampler = ExpansiveSynthesizer(sampling_strategy="stratified", expansion_ratio=1, unlabeled=-1, random_state=0)
counts, few, all_texts = [1, 2, 5], [], []
for count in counts:
    y_few = hidden(count)
    few.append(score(X[y_few != -1], y_few[y_few != -1]))
    all_texts.append(score(*sampler.fit_resample(X, y_few)))
    print(f"{count} per intent: {few[-1]:.1%} with labelled texts only, {all_texts[-1]:.1%} with all texts")

# %%
# A map of the texts
# ------------------
# Left: the labelled texts, one per intent, among the others (t-SNE of the embeddings). Right: the inferred labels;
# crosses are wrong. Labels spread within groups of similar questions. Most errors are in groups without a labelled
# text, which take the label of another, and where two intents share a group.

y_one = hidden(1)
sampler.fit(X, y_one)
found = sampler.transduction_
print(f"correct inferred labels: {np.mean((found == y)[y_one == -1]):.1%}")

places = TSNE(init="pca", random_state=0).fit_transform(PCA(20, random_state=0).fit_transform(X))
colors = plt.get_cmap("tab20")(np.arange(len(intents)))
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 5.4), layout="constrained", sharex=True, sharey=True)
labeled, wrong = y_one != -1, found != y
left.scatter(*places[~labeled].T, s=5, color="0.8")
left.scatter(*places[labeled].T, s=70, marker="o", color=colors[y[labeled]], edgecolor="black")
left.set_title(f"{labeled.sum()} labels")
right.scatter(*places[~wrong].T, s=6, color=colors[found[~wrong]])
right.scatter(*places[wrong].T, s=16, marker="x", linewidth=0.8, color=colors[found[wrong]])
right.scatter(*places[labeled].T, s=70, marker="o", color=colors[y[labeled]], edgecolor="black")
right.set_title(f"{(~labeled).sum():,} inferred labels, {wrong.sum()} of them wrong")
for panel in (left, right):
    panel.set(xticks=[], yticks=[])
plt.show()

# %%
# Does it help with your texts?
# -----------------------------
# Unlabelled texts help while labels are few: the gain above shrinks with the number of labels. To find out whether they
# help with yours, compare both by cross-validation with :class:`~skexpand.model_selection.LabeledFold`, which tests on
# labelled texts only. If you know how frequent the intents are, state it with ``class_shares``.
