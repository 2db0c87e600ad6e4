"""Open question: the weights of the losses, and the size of the latent space.

    python -m questions.weights

changes one loss weight at a time, where the network is made to train (an eighth of the columns as latent size, no
early stopping), and then the latent size, with everything else at its default.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from gains import signed_rank_p
from markdown import to_markdown
from protocol import draw_split, scaled
from sets import load

from questions.cases import Case, answer, complete, mean_over_sets, new_axes
from questions.heads import LEARNERS, NEW_ROWS, expanded, gain, scores
from skexpand.request.plan import LOSS_WEIGHTS

SETS = ("pmlb_texture", "openml_protein", "openml_satimage", "openml_segment")
N_TRAIN = 100
EPOCHS = 20
WEIGHTS = (0.0, 0.1, 1.0, 10.0)
PENALTIES = [name for name in LOSS_WEIGHTS if name != "reconstruction"]
SHARES = {"all": None, "half": 2, "quarter": 4, "eighth": 8, "two": None}  # the columns are divided by this


def settings(n_columns: int) -> dict[str, dict[str, Any]]:
    """Return the parameters of each setting by name."""
    forced = {"latent_dim": max(2, n_columns // 8), "early_stopping": False, "max_epochs": EPOCHS}
    found: dict[str, dict[str, Any]] = {"defaults": forced}
    for name in PENALTIES:
        for weight in WEIGHTS:
            if weight != LOSS_WEIGHTS[name]:
                found[f"{name} {weight:g}"] = forced | {"loss_weights": {name: weight}}
    for name, divisor in SHARES.items():
        sizes = {"all": None, "two": 2}
        found[f"latent {name}"] = {"latent_dim": sizes[name] if divisor is None else max(2, n_columns // divisor)}
    return found


def cases(n_splits: int) -> list[Case]:
    """List the cases, split by split."""
    return [{"set": name, "N": N_TRAIN, "split": split} for split in range(n_splits) for name in SETS]


def measure(case: Case) -> list[dict[str, Any]]:
    """Expand the training rows with each setting; return a line for each."""
    split = scaled(draw_split(*load(case["set"]), case["N"], case["split"]))
    real, lines = scores(split, split.X_train, split.y_train), []
    for name, parameters in settings(split.X_train.shape[1]).items():
        line = expanded(split, case["split"], **parameters)[1]
        lines.append({"setting": name, **line, **{f"gain_{name}": line[name] - real[name] for name in LEARNERS}})
    return lines


def latent_page(table: pd.DataFrame) -> pd.DataFrame:
    """Return one line per latent size."""
    rows = table[table.setting.str.startswith("latent")].assign(gain=gain(table), trained=100 * (table.epoch > 0))
    columns = {"gain": "gain", "reconstruction_error": "error", "trained": "trained %", "diversity": "diversity"}
    columns |= {"coverage": "coverage", "seconds": "seconds"}
    lines = pd.DataFrame({shown: mean_over_sets(rows, ["setting"], name)["mean"] for name, shown in columns.items()})
    lines.insert(1, "s.e.", differences(rows, "latent all")["error"])
    lines.index = [name.removeprefix("latent ") for name in lines.index]
    return lines.rename_axis("columns kept")


def weights_page(table: pd.DataFrame) -> pd.DataFrame:
    """Return one line per loss weight: its gain less that of the defaults."""
    rows = table[~table.setting.str.startswith("latent")].assign(gain=gain(table))
    columns = {"gain": "gain", "reconstruction_error": "error", "diversity": "diversity"}
    lines = pd.DataFrame({shown: mean_over_sets(rows, ["setting"], name)["mean"] for name, shown in columns.items()})
    found = differences(rows, "defaults")
    lines.insert(1, "less the defaults'", found["mean"])
    lines.insert(2, "s.e.", found["error"])
    lines.insert(3, "p", found["p"])
    return lines.rename_axis("loss weight")


def differences(rows: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Return the mean difference in gain to a setting, its error over sets and splits, and Wilcoxon's p over them."""
    wide = rows.pivot_table("gain", ["set", "split"], "setting", sort=False)
    wide = wide.sub(wide[reference], axis=0)
    errors = wide.std() / len(wide) ** 0.5
    return pd.DataFrame({"mean": wide.mean(), "error": errors, "p": wide.apply(signed_rank_p)})


def page(table: pd.DataFrame) -> str:
    """Return the tables."""
    table = complete(table)
    facts = f"{table.set.nunique()} sets, {N_TRAIN} real rows, {table.split.nunique()} splits, {NEW_ROWS} new rows"
    return "\n".join(
        [
            f"**Latent size.** {facts}, three quick learners.\n",
            to_markdown(latent_page(table), special={"trained": ".0f", "error": ".3f", "seconds": ".2f"}),
            f"**Loss weights.** The same, an eighth of the columns, {EPOCHS} epochs without early stopping. The first "
            "line has the defaults, each other one weight changed.\n",
            to_markdown(weights_page(table), special={"error": ".3f", "p": ".2g"}),
        ]
    )


def draw(table: pd.DataFrame) -> Any:
    """Draw the gain against the latent size, and the differences that loss weights make."""
    table = complete(table)
    figure, axes = new_axes(2)
    latent = latent_page(table)
    axes[0].errorbar(latent.index, latent["gain"], latent["s.e."], marker="o", capsize=3)
    axes[0].axhline(0, color="0.4", linewidth=1)
    axes[0].set(title="gain by latent size, points", xlabel="share of the columns")
    found = differences(table.assign(gain=gain(table)), "defaults")
    places = range(len(WEIGHTS))
    for name in PENALTIES:
        names = ["defaults" if weight == LOSS_WEIGHTS[name] else f"{name} {weight:g}" for weight in WEIGHTS]
        axes[1].errorbar(places, found.loc[names, "mean"], found.loc[names, "error"], marker="o", capsize=3, label=name)
    axes[1].axhline(0, color="0.4", linewidth=1)
    axes[1].set(title="difference to the default weights, points", xlabel="loss weight")
    axes[1].set_xticks(places, labels=[f"{weight:g}" for weight in WEIGHTS])
    axes[1].legend(frameon=False)
    return figure


if __name__ == "__main__":
    answer(__doc__, "weights", cases, measure, page, draw)
