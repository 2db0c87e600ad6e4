"""Published scores on protocol A (``tabebm_published.csv`` in the data folder) beside ours.

They are an independent replication's, of 10 splits: of real rows only, SMOTE, TVAE and TabEBM for the usual learners,
and of real rows only for TabPFN, a pretrained transformer, on the sets with at most 10 classes.
"""

from __future__ import annotations

import pandas as pd
from gains import REAL, over_bases, per_case
from markdown import to_markdown
from protocol import LEARNERS
from sets import data_folder

FILE = "tabebm_published.csv"
SETS = {
    "biodeg": "openml_qsar_biodeg",
    "energy": "openml_energy",
    "fourier": "pmlb_mfeat_fourier",
    "protein": "openml_protein",
    "steel": "openml_steel_plates_fault_7class",
    "stock": "openml_stock",
    "texture": "pmlb_texture",
}
METHODS = {"smote": "SMOTE", "tvae": "TVAE", "tabebm": "TabEBM"}
METHODS_NOTE = (
    "Published gains of other methods on these sets, with 500 new rows (from an independent replication, 10 splits):\n"
)
OURS = "skexpand"


def available() -> bool:
    """Return whether the file is there."""
    folder = data_folder()
    return folder is not None and (folder / FILE).exists()


def scores() -> pd.DataFrame:
    """Return the published scores, with our names of the sets and learners."""
    table = pd.read_csv(data_folder() / FILE).rename(columns={"dataset": "set", "n_real": "N", "classifier": "learner"})
    return table.assign(set=table.set.map(SETS), learner=table.learner.replace("xgboost", "xgb"))


def gains_by_size(sets: set[str], sizes: set[int]) -> pd.DataFrame:
    """Return the published mean gain of each method on these sets and sizes."""
    table = scores().query("set in @sets and N in @sizes and learner in @LEARNERS")
    gain = table[list(METHODS)].sub(table.baseline, axis=0).assign(N=table.N).groupby("N").mean().T
    return gain.assign(mean=gain.mean(axis=1)).rename(index=METHODS).rename_axis("published")


def page(table: pd.DataFrame) -> str:
    """Return the comparison with TabPFN, and with the published scores on real rows only."""
    return "\n".join(
        [
            "### Beside TabPFN\n",
            "Balanced accuracy, in percent, mean over the sets with at most 10 classes: TabPFN on the real rows only "
            "(published, 10 splits), and the plain learner with the highest mean, on the real rows only and with new "
            "rows. The last column takes the best learner of each set; chosen on test rows, it is optimistic.\n",
            to_markdown(beside_tabpfn(table), 1),
            "### Check of the protocol\n",
            "Mean score on real rows only: ours, and the published one.\n",
            to_markdown(beside_published(table), 1),
        ]
    )


def beside_tabpfn(table: pd.DataFrame) -> pd.DataFrame:
    """Return, per size, TabPFN's score and that of the best plain learner without and with new rows."""
    tabpfn = scores().query("learner == 'tabpfn' and set in @table.set and N in @table.N")
    score = table[table.set.isin(tabpfn.set)].groupby(["sampler", "N", "set", "learner"]).score.mean()
    frame = tabpfn.groupby("N").baseline.mean().rename("TabPFN, real only").to_frame()
    for sampler, name in ((REAL, "best plain learner, real only"), (OURS, f"with {OURS}")):
        means = score[sampler].groupby(["N", "learner"]).mean().unstack()
        frame[name] = means.max(axis=1)
        frame[f"{name}: learner"] = means.idxmax(axis=1)
    return frame.assign(**{"best of each set": score[OURS].groupby(["N", "set"]).max().groupby("N").mean()})


def beside_published(table: pd.DataFrame) -> pd.DataFrame:
    """Return our mean score on real rows only and the published one, per learner and size."""
    ours = over_bases(per_case(table[table.sampler == REAL], "score"), ["learner", "N"]).unstack()
    theirs = scores().query("set in @table.set and N in @table.N").groupby(["learner", "N"]).baseline.mean().unstack()
    pair = (("here", ours), ("published", theirs))
    rows = {f"{learner}, {who}": table.loc[learner] for learner in LEARNERS for who, table in pair}
    return pd.DataFrame(rows).T.rename_axis("learner")
