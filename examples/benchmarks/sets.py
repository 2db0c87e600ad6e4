"""The tables of the benchmarks: as numbers (gaps are NaN) and class codes, or as they are, categories and gaps kept.

They are read from the folder in the environment variable ``SKEXPAND_DATA`` (``tabular/NAME.csv``,
``tabular/schema.json``) or, where that is not set, fetched from OpenML. OpenML may order rows and columns
differently, so its splits are other splits of the same sets; of ``openml_protein`` it has the original with gaps,
where the folder has a copy whose gaps were filled; and the published scores of other methods
(``tabebm_published.csv``) come with the folder only.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

STEEL = "openml_steel_plates_fault_7class"


class Table(NamedTuple):
    """Where a set comes from; sets of the same ``base`` are views of the same data."""

    base: str
    openml_id: int | None  # None: in the folder only
    openml_target: str | None = None  # None: the target that OpenML names
    openml_dropped: tuple[str, ...] = ()  # row numbers, and columns that restate the target


TABEBM = {
    "openml_protein": Table("MiceProtein", 40966),
    "pmlb_mfeat_fourier": Table("mfeat-fourier", 14),
    "openml_qsar_biodeg": Table("qsar-biodeg", 1494),
    STEEL: Table("steel", 1504),
    "openml_stock": Table("stock", 841),
    "openml_energy": Table("energy", 1472, openml_target="y1", openml_dropped=("y2",)),
    "pmlb_texture": Table("texture", 40499),
}
SMALL = {
    "openml_vehicle": Table("vehicle", 54),
    "uci_dermatology": Table("dermatology", 35),
    "pmlb_analcatdata_authorship": Table("analcatdata_authorship", 458, openml_dropped=("no", "BookID")),
    "openml_segment": Table("segment", 36),
    "openml_heart_statlog": Table("heart-statlog", 53),
    "openml_ionosphere": Table("ionosphere", 59),
    "openml_sonar": Table("sonar", 40),
    "openml_credit_g": Table("credit-g", 31),
    "uci_vowel": Table("vowel", 307),
    "openml_satimage": Table("satimage", 182),
    "openml_wdbc": Table("wdbc", 1510),
    "openml_mfeat_zernike": Table("mfeat-zernike", 22),
    "openml_phoneme": Table("phoneme", 1489),
    "openml_yeast": Table("yeast", 181),
    "openml_spambase": Table("spambase", 44),
    "openml_climate_model_simulation_crashes": Table(
        "climate-model-simulation-crashes", 1467, openml_dropped=("V1", "V2")
    ),
}
MIXED = {
    "penguins": Table("penguins", None),
    "openml_credit_approval": Table("credit-approval", 29),
    "titanic": Table("titanic", None),
    "openml_credit_g": SMALL["openml_credit_g"],
}
MIXED_MORE = {
    "uci_dermatology": SMALL["uci_dermatology"],
    "uci_vowel": SMALL["uci_vowel"],
    "keel_abalone9_18": Table("abalone", None),
    "imbl_thyroid_sick": Table("thyroid-sick", 38),
}
IMBALANCED = {
    "keel_vehicle1": Table("vehicle", None),
    "keel_ecoli3": Table("ecoli", None),
    "keel_page_blocks0": Table("page-blocks", None),
    "imbl_us_crime": Table("us-crime", None),
    "imbl_libras_move": Table("libras", None),
    "imbl_thyroid_sick": MIXED_MORE["imbl_thyroid_sick"],
    "keel_glass4": Table("glass", None),
    "keel_abalone9_18": MIXED_MORE["keel_abalone9_18"],
    "imbl_oil": Table("oil-spill", None),
    "keel_yeast4": Table("yeast", None),
    "keel_winequality_red_4": Table("winequality-red", None),
    "keel_yeast6": Table("yeast", None),
}
GROUPS = {"A": TABEBM, "small": SMALL, "mixed": MIXED, "mixed_all": MIXED | MIXED_MORE}
TABLES = TABEBM | SMALL | MIXED | MIXED_MORE | IMBALANCED


def is_mixed(protocol: str) -> bool:
    """Return whether the sets of a protocol are used as they are, and not as numbers."""
    return protocol.startswith("mixed")


def data_folder() -> Path | None:
    """Return the folder in ``SKEXPAND_DATA``, or None if it is not set."""
    folder = os.environ.get("SKEXPAND_DATA")
    return Path(folder) if folder else None


@cache
def load(name: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the columns of a set as numbers (gaps are NaN) and the class codes, in the sorted order of the labels."""
    frame, classes = load_frame(name)
    return np.column_stack([_as_numbers(frame[column]) for column in frame]), classes


@cache
def load_frame(name: str) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return a set as a table (categories are objects; gaps are NaN) and the class codes."""
    frame, target = _fetch(name, TABLES[name]) if data_folder() is None else _read(data_folder(), name)
    return frame, pd.factorize(target.astype(str), sort=True)[0]


def _read(folder: Path, name: str) -> tuple[pd.DataFrame, pd.Series]:
    schema = json.loads((folder / "tabular" / "schema.json").read_text(encoding="utf-8"))[name]
    types = dict.fromkeys(schema["categorical"], "object") | dict.fromkeys(schema["numeric"], "float64")
    table = pd.read_csv(
        folder / "tabular" / f"{name}.csv", dtype=types | {"target": "object"}, keep_default_na=False, na_values=[""]
    )
    columns, target = table.drop(columns="target"), table["target"]
    return _named_faults_as_features(columns, target) if name == STEEL else (columns, target)


def _named_faults_as_features(columns: pd.DataFrame, fault: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Turn the seven faults into what OpenML 1504 asks: is it another fault than the six named ones, which are known?

    The most frequent code is "other faults".
    """
    other = fault.value_counts().index[0]
    named = {f"fault_{code}": (fault == code).astype(float) for code in sorted(fault.unique()) if code != other}
    return columns.assign(**named), fault == other


def _fetch(name: str, table: Table) -> tuple[pd.DataFrame, pd.Series]:
    from sklearn.datasets import fetch_openml

    if table.openml_id is None:
        raise FileNotFoundError(f"{name} is not on OpenML as it is used here; set SKEXPAND_DATA to the tables' folder")
    target = table.openml_target or "default-target"
    frame, target = fetch_openml(data_id=table.openml_id, target_column=target, return_X_y=True, as_frame=True)
    frame = frame.drop(columns=[c for c in table.openml_dropped if c in frame])
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), object)), target


def _as_numbers(column: pd.Series) -> NDArray[np.float64]:
    """Return numbers as they are, anything else as codes in sorted order, where a gap is a category of its own."""
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    if numbers.notna().sum() == column.notna().sum():
        return numbers.to_numpy(float)
    return pd.factorize(column.astype(object).where(column.notna(), "NA").astype(str), sort=True)[0].astype(float)
