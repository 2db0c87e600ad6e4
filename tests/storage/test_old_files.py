"""Files of every version, kept in ``files/``, load and make the rows that they made when they were written."""

import gzip
import json

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skexpand import ExpansiveSynthesizer
from skexpand.storage import registry
from skexpand.storage.document import DocumentWriter
from skexpand.storage.file import VERSION, checksum
from skexpand.storage.old import STEPS, up_to_date
from tests.storage.test_refusals import forged, taken_apart
from tests.storage.write_files import CASES, FILES, loaded, numbers, rows_of

KEPT = sorted(FILES.glob("*/*.safetensors.gz"))
OLD = [path for path in KEPT if path.parent.name != str(VERSION)]
NUMERIC = FILES / "1" / "numeric.safetensors.gz"


def in_library(path):
    """Skip what needs a library that is not here."""
    if path.name.startswith("polars"):
        pytest.importorskip("polars")
    return path


def documents_of(path):
    """Return the documents of a file, and its version."""
    metadata, _ = taken_apart(gzip.decompress(path.read_bytes()))
    return int(metadata["format_version"]), {name: json.loads(metadata[name]) for name in ("parameters", "state")}


def objects_in(document):
    """Go through the objects of a document."""
    items = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for item in items:
        yield from objects_in(item)
    if isinstance(document, dict) and "$" in document:
        yield document


def described(path):
    return f"{path.parent.name}-{path.name.partition('.')[0]}"


@pytest.mark.parametrize("path", KEPT, ids=described)
def test_a_file_makes_the_rows_that_it_made(path):
    made = rows_of(loaded(in_library(path)))
    kept = json.loads(path.with_name(path.name.replace(".safetensors.gz", ".json")).read_text(encoding="utf-8"))
    assert made["labels"] == kept["labels"]
    assert len(made["rows"]) == len(kept["rows"])
    for row, before in zip(made["rows"], kept["rows"], strict=True):
        for cell, cell_before in zip(row, before, strict=True):
            same = pytest.approx(cell_before, rel=1e-6, abs=1e-6) if isinstance(cell_before, float) else cell_before
            assert cell == same


@pytest.mark.parametrize("version", sorted(STEPS))
def test_files_are_kept_of_every_old_version(version):
    kept = [path for path in KEPT if path.parent.name == str(version)]
    assert len(kept) >= 8
    assert all(documents_of(path)[0] == version for path in kept)
    assert all(path.stat().st_size < 60_000 for path in kept)


def test_steps_lead_to_the_current_version():
    assert sorted(STEPS) == list(range(1, VERSION))


@pytest.mark.parametrize("path", OLD, ids=described)
def test_a_file_that_was_brought_up_to_date_is_written_as_it_is_read(path, tmp_path):
    loaded(in_library(path)).save(tmp_path / "a")
    again = tmp_path / "a.safetensors.gz"
    again.write_bytes(gzip.compress((tmp_path / "a").read_bytes()))
    version, documents = documents_of(again)
    assert version == VERSION
    assert documents["state"] == up_to_date(*documents_of(path))["state"]


def test_documents_of_the_current_version_are_left_alone():
    documents = {"parameters": {}, "state": {"_source": {"$": "Setting"}}}
    assert up_to_date(VERSION, documents) is documents


def test_defaults_need_no_arrays():
    """An old file does not have them."""
    writer = DocumentWriter()
    for name in registry.classes():
        writer.value(registry.defaults(name), name)
    assert writer.arrays == {}


def test_parts_are_filled_in_for_old_versions_only(tmp_path):
    """A file of the current version that lacks a part which has a default is damaged; an old one is older."""

    def without_a_part(content):
        metadata, arrays = taken_apart(content)
        state = json.loads(metadata["state"])
        for found in objects_in(state):
            if found["$"] == "Component":
                del found["corrections"]
        arrays = {name: array for name, array in arrays.items() if "corrections" not in name}
        return forged(metadata | {"state": json.dumps(state)}, arrays)

    loaded(NUMERIC).save(tmp_path / "current")
    for name, content in (("old", gzip.decompress(NUMERIC.read_bytes())), ("new", (tmp_path / "current").read_bytes())):
        (tmp_path / name).write_bytes(without_a_part(content))
    assert len(ExpansiveSynthesizer.load(tmp_path / "old").sample(4)[0]) == 4
    with pytest.raises(ValueError, match=r"a Component has the parts .* but should have"):
        ExpansiveSynthesizer.load(tmp_path / "new")


def test_parameters_that_an_old_file_lacks_get_their_defaults(tmp_path):
    metadata, arrays = taken_apart(gzip.decompress(NUMERIC.read_bytes()))
    parameters = json.loads(metadata["parameters"])
    del parameters["degree"]
    (tmp_path / "a").write_bytes(forged(metadata | {"parameters": json.dumps(parameters)}, arrays))
    assert ExpansiveSynthesizer.load(tmp_path / "a").degree == ExpansiveSynthesizer().degree


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_old_core_goes_on():
    synthesizer = loaded(FILES / "1" / "pretrained.safetensors.gz")
    with pytest.raises(NotFittedError):
        synthesizer.sample(3)
    assert len(synthesizer.fit(*numbers()).sample(3)[0]) == 3
    assert len(synthesizer.pretrain(numbers()[0]).pretrain_history_) == 2


def changed(tmp_path, change):
    """Load an old file after a change of its state, in spite of its right checksum."""
    metadata, arrays = taken_apart(gzip.decompress(NUMERIC.read_bytes()))
    state = json.loads(metadata["state"])
    change(state)
    (tmp_path / "a").write_bytes(forged(metadata | {"state": json.dumps(state)}, arrays))
    return ExpansiveSynthesizer.load(tmp_path / "a")


def first(state, name):
    return next(found for found in objects_in(state) if found["$"] == name)


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ("the class 'Popen'", lambda state: first(state, "Koopman").update({"$": "Popen"})),
        ("does not hold a synthesizer", lambda state: first(state, "Koopman").update({"$": ["Setting"]})),
        ("has convex weights, which only an ablation made", lambda state: first(state, "Setting").update(convex=True)),
        ("a Edges has the parts", lambda state: first(state, "Edges").pop("targets")),
        ("degree of a Expansion is of type str", lambda state: first(state, "Expansion").update(degree="4")),
        ("fit is of type int", lambda state: state.update(fit=1)),
    ],
)
def test_forged_old_files(match, change, tmp_path):
    with pytest.raises(ValueError, match=match):
        changed(tmp_path, change)


@pytest.mark.parametrize("depth", [300, 3_000])
def test_an_old_document_that_is_too_deep(depth, tmp_path):
    metadata, arrays = taken_apart(gzip.decompress(NUMERIC.read_bytes()))
    text = '{"a":' * depth + "1" + "}" * depth
    (tmp_path / "a").write_bytes(forged(metadata | {"state": text}, arrays))
    with pytest.raises(ValueError, match="does not hold a synthesizer"):
        ExpansiveSynthesizer.load(tmp_path / "a")


def test_damage_to_an_old_file_is_found(tmp_path):
    content = bytearray(gzip.decompress(NUMERIC.read_bytes()))
    for place in range(0, len(content), 4_001):
        content[place] ^= 1
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(ValueError, match=r"a' (is|was written by)"):
            ExpansiveSynthesizer.load(tmp_path / "a")
        content[place] ^= 1


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore::skexpand.ExpansionWarning", "ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_next_version_can_be_kept(name, tmp_path):
    in_library(FILES / name)
    CASES[name]().save(tmp_path / "a")
    again = rows_of(ExpansiveSynthesizer.load(tmp_path / "a"))
    assert len(again["rows"]) == (2 if name == "pretrained" else 5)


def test_checksums_know_no_version():
    """The checksum covers what is written whatever the version, so a later reader can check an earlier file."""
    metadata, arrays = taken_apart(gzip.decompress(NUMERIC.read_bytes()))
    stated = metadata.pop("checksum")
    assert checksum(metadata, arrays) == stated
    assert checksum(metadata, {**arrays, "more": np.zeros(1)}) != stated
