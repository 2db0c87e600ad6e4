"""
Patients: a small mixed table
=============================

Sixty patients, thirteen findings of all kinds, one question: does this patient have heart disease? New patients have
the same columns, types and categories as real ones.
"""

# %%
# Sixty patients
# --------------
# The data are real (Statlog, `data/SOURCES.md` names their source). Sixty patients are used for training, the other 210
# for testing. The synthesizer takes the table as it is.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from skexpand import ExpansiveSynthesizer
from skexpand.plot import ColumnDensityDisplay, ExpansionDisplay

folder = next(path for path in map(Path, ("data", "examples/data", "../data")) if path.exists())
patients = pd.read_csv(folder / "heart.csv")
X, y = patients.drop(columns="disease"), patients.disease
X_few, X_test, y_few, y_test = train_test_split(X, y, train_size=60, stratify=y, random_state=0)
synthesizer = ExpansiveSynthesizer(expansion_ratio=10, random_state=0)
X_more, y_more = synthesizer.fit_resample(X_few, y_few)
X_more.tail(5)

# %%
# Real and new patients
# ---------------------
# Ringed patients are real. With disease, the heart reaches a lower rate at the same age, in real and in new patients.
# On the right, kinds of chest pain: most patients with disease report none.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.8), layout="constrained")
ExpansionDisplay.from_estimator(synthesizer, X_few, y_few, features=["age", "max_heart_rate"], ax=left)
ExpansionDisplay.from_estimator(synthesizer, X_few, y_few, features=["chest_pain", "max_heart_rate"], ax=right)
left.legend(title="heart disease", frameon=False)
right.get_legend().remove()
right.tick_params(axis="x", labelsize=9)
plt.show()

# %%
# Each column of real patients (grey) and new ones (orange), those that differ most first:

ColumnDensityDisplay.from_estimator(synthesizer, X_few)
plt.show()

# %%
# The columns, as the synthesizer interprets them, and its parameters by what they decide. Click on a heading to unfold
# it.

synthesizer

# %%
# Effect on learners
# ------------------
# The table is encoded after the new rows have been made. Over twenty draws of sixty patients, with standard errors:

from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skexpand.pipeline import make_pipeline

encode = make_column_transformer(
    (StandardScaler(), make_column_selector(dtype_include="number")),
    (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
)
LEARNERS = {
    "decision tree": DecisionTreeClassifier(random_state=0),
    "nearest neighbours": KNeighborsClassifier(),
    "random forest": RandomForestClassifier(50, random_state=0),
    "logistic regression": LogisticRegression(max_iter=1000),
}


def scores_of(draw):
    """Return the scores of one draw of sixty patients: learners, without and with new rows."""
    X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=60, stratify=y, random_state=draw)
    expanded = ExpansiveSynthesizer(expansion_ratio=10, random_state=draw).fit_resample(X_train, y_train)
    return [
        [
            balanced_accuracy_score(y_test, make_pipeline(encode, learner).fit(*rows).predict(X_test))
            for rows in ((X_train, y_train), expanded)
        ]
        for learner in LEARNERS.values()
    ]


scores = 100 * np.array([scores_of(draw) for draw in range(20)])  # (draws, learners, without and with)
gains = scores[..., 1] - scores[..., 0]
table = pd.DataFrame(scores.mean(axis=0).round(1), index=list(LEARNERS), columns=["real rows only", "expanded"])
table.assign(gain=gains.mean(axis=0).round(1), error=(gains.std(axis=0, ddof=1) / np.sqrt(len(gains))).round(1))

# %%
# Learners that adapt to single rows gain; logistic regression is already stable. On other small tables the order is
# similar: see :doc:`../user_guide/will_it_help`.
