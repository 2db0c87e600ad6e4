"""Which peers there are, and in which environment each of them lives."""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).parent
PEERS = {
    "ctgan": "torch",
    "tvae": "torch",
    "tabddpm": "torch",
    "forest_diffusion": "forests",
    "unmasking_trees": "forests",
    "arf": "older",
    "polynom_fit": "older",
    "prowsyn": "older",
    "smote_ipf": "older",
}
REGRESSION = dict.fromkeys(("smogn", "ilr_ro", "ilr_gn", "ilr_adasyn", "ilr_smote"), "older")  # their y is numbers
GENERATIVE = ("ctgan", "tvae", "tabddpm", "forest_diffusion", "unmasking_trees", "arf")  # these can use a budget


def environments() -> Path:
    """Return the folder of the environments."""
    return Path(os.environ.get("SKEXPAND_PEERS", HERE / ".venvs"))


def interpreter(environment: str) -> Path:
    """Return the Python of an environment."""
    return environments() / environment / "bin" / "python"


def interpreter_of(peer: str) -> Path:
    """Return the Python of a peer's environment."""
    return interpreter((PEERS | REGRESSION)[peer])
