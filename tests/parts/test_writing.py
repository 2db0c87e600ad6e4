"""Parts without an engine: what is in a folder, what a retry and a rerun do, and what is refused."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from skexpand import ExpansiveSynthesizer, __version__, parts
from skexpand.parts import model as models
from skexpand.parts.manifest import Manifest
from skexpand.parts.store import Store
from skexpand.storage.file import VERSION
from tests.parts.conftest import content
from tests.tables import same_bits


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "wine"


@pytest.fixture
def written(model, folder):
    """Return a finished folder of five parts."""
    assert parts.begin(model, 501, folder, rows_per_part=101) == 5
    for part in [3, 0, 4, 1, 2]:
        parts.write_part(model, part, folder)
    assert parts.finish(folder) == 501
    return folder


def test_the_rows_are_those_of_the_streams_of_the_parts(model, written):
    frames = [pd.read_parquet(written / f"part-{part:06d}.parquet") for part in range(5)]
    assert [len(frame) for frame in frames] == [100, 100, 100, 100, 101]
    assert list(frames[0].columns) == [*(f"x{j}" for j in range(13)), "target"]
    labels = frames[2]["target"].to_numpy()
    X, y = model.sample(100, labels, np.random.default_rng([5, 2]))
    assert same_bits(frames[2].drop(columns="target").to_numpy(), X)
    np.testing.assert_array_equal(labels, y)
    counts = pd.concat(frames)["target"].value_counts().sort_index().tolist()
    assert counts == [166, 200, 135]  # of 59, 71, 48 real rows


def test_the_manifest_says_what_is_there(written):
    manifest = json.loads((written / "_manifest.json").read_text())
    assert manifest["written_by"] == f"skexpand {__version__}"
    plan = manifest["plan"]
    assert (plan["rows_per_class"], plan["n_parts"], plan["seed"]) == ({"0": 166, "1": 200, "2": 135}, 5, 5)
    assert manifest["schema"]["columns"]["x0"] == "float"
    files = content(written)
    assert [part["rows"] for part in manifest["parts"]] == [100, 100, 100, 100, 101]
    assert all(files[part["file"]] == part["sha256"] for part in manifest["parts"])
    assert sorted(files) == ["_SUCCESS", "_manifest.json", *(f"part-{part:06d}.parquet" for part in range(5))]


def test_a_retry_replaces_a_part_by_the_same(model, written):
    before = content(written)
    parts.write_part(model, 1, written)
    assert not (written / "_SUCCESS").exists()
    parts.finish(written)
    assert content(written) == before


def test_what_is_missing_or_damaged_is_found(written):
    assert parts.missing_parts(written) == []
    (written / "part-000001.parquet").unlink()
    with open(written / "part-000003.parquet", "r+b") as file:
        file.seek(500)
        file.write(b"?")
    assert parts.missing_parts(written) == [1, 3]


def test_a_part_without_its_record_is_missing(model, folder):
    parts.begin(model, 100, folder, rows_per_part=50)
    parts.write_part(model, 0, folder)
    (folder / "part-000001.parquet").write_bytes(b"half")
    assert parts.missing_parts(folder) == [1]
    with pytest.raises(ValueError, match=r"1 of 2 parts are missing in .*, the first is 1"):
        parts.finish(folder)
    assert not (folder / "_SUCCESS").exists()


def test_files_of_killed_processes_are_removed_at_last(model, folder):
    parts.begin(model, 10, folder)
    (folder / ".0123456789abcdef.partial").write_bytes(b"half")
    parts.write_part(model, 0, folder)
    parts.finish(folder)
    assert sorted(content(folder)) == ["_SUCCESS", "_manifest.json", "part-000000.parquet"]


def test_any_file_system(model, written):
    fsspec = pytest.importorskip("fsspec")
    parts.begin(model, 501, "memory://wine", rows_per_part=101)
    for part in range(5):
        parts.write_part(model, part, "memory://wine")
    assert parts.missing_parts("memory://wine") == []
    parts.finish("memory://wine")
    memory = fsspec.filesystem("memory")
    assert memory.cat("/wine/part-000004.parquet") == (written / "part-000004.parquet").read_bytes()
    assert sorted(memory.ls("/wine", detail=False))[:3] == [
        "/wine/_SUCCESS",
        "/wine/_manifest.json",
        "/wine/part-000000.parquet",
    ]
    memory.rm("/wine", recursive=True)


def test_a_path_its_content_and_the_model_are_the_same(model, saved, folder, monkeypatch):
    calls = []
    monkeypatch.setattr(models, "from_bytes", lambda *call: calls.append(call) or model)
    models._loaded.cache_clear()
    parts.begin(saved, 100, folder, rows_per_part=50)
    parts.write_part(str(saved), 0, folder)
    parts.write_part(saved, 1, folder)
    assert len(calls) == 1, "it is loaded once"
    models._loaded.cache_clear()
    monkeypatch.undo()
    parts.write_part(saved.read_bytes(), 0, folder)
    parts.write_part(model, 1, folder)
    assert parts.missing_parts(folder) == []


def test_another_request_is_refused(model, folder):
    X, y = np.random.default_rng(0).standard_normal((40, 13)).astype(np.float32), np.arange(40) % 3
    other = ExpansiveSynthesizer(law="local", random_state=5).fit(X, y)
    parts.begin(model, 100, folder, rows_per_part=50)
    before = content(folder)
    for changed, said in [
        ({"n_samples": 101}, "n_parts 2, now 3"),
        ({"rows_per_part": 20}, "n_parts 2, now 5"),
        ({"seed": 6}, "seed 5, now 6"),
        ({"target": "kind"}, "target 'target', now 'kind'"),
        ({"model": other}, "another fitted synthesizer"),
        ({"n_samples": {0: 100}}, "rows_per_class"),
    ]:
        with pytest.raises(ValueError, match=said):
            parts.begin(**{"model": model, "n_samples": 100, "folder": folder, "rows_per_part": 50} | changed)
    assert content(folder) == before
    with pytest.raises(ValueError, match="another fitted synthesizer"):
        parts.write_part(other, 0, folder)
    with pytest.raises(ValueError, match="part 2 is not among the 2 parts"):
        parts.write_part(model, 2, folder)


def test_a_folder_that_another_version_began_is_refused(model, folder, monkeypatch):
    parts.begin(model, 100, folder)
    monkeypatch.setattr(Manifest, "written_by", "skexpand 99.0")
    with pytest.raises(ValueError, match=r"begun by skexpand .*, and this is skexpand 99.0"):
        parts.write_part(model, 0, folder)


@pytest.mark.parametrize(
    "damage", [b"{", b"{}", b'{"format": "skexpand parts", "format_version": 2, "written_by": "x"}']
)
def test_a_damaged_manifest_is_refused(model, folder, damage):
    parts.begin(model, 100, folder)
    (folder / "_manifest.json").write_bytes(damage)
    with pytest.raises(ValueError, match=r"_manifest.json in .* cannot be read"):
        parts.begin(model, 100, folder)


def test_foreign_folders_are_refused(model, saved, tmp_path):
    with pytest.raises(ValueError, match="is not empty and was not begun by skexpand"):
        parts.begin(model, 10, saved.parent)
    with pytest.raises(ValueError, match="is a file; name a folder"):
        parts.begin(model, 10, saved)
    with pytest.raises(ValueError, match="cannot be opened"):
        parts.begin(model, 10, "nostore://bucket/folder")
    with pytest.raises(ValueError, match="was not begun here"):
        parts.write_part(model, 0, tmp_path / "nothing")
    with pytest.raises(ValueError, match="nothing can be written to '/proc'"):
        parts.begin(model, 10, "/proc/wine")


def test_what_is_no_fitted_synthesizer_is_refused(saved, folder, tmp_path):
    unfitted = tmp_path / "unfitted.safetensors"
    ExpansiveSynthesizer().save(unfitted)
    newer = tmp_path / "newer.safetensors"
    newer.write_bytes(saved.read_bytes().replace(b'"format_version":"%d"' % VERSION, b'"format_version":"9"'))
    for model, error, said in [
        (unfitted, ValueError, "unfitted.safetensors' holds a synthesizer that is not fitted"),
        (newer, ValueError, "newer.safetensors' was written by skexpand .* install a newer"),
        (tmp_path / "none", FileNotFoundError, "none"),
        (b"nothing", ValueError, "is not a file that `save` wrote"),
        (None, TypeError, "model is a NoneType"),
    ]:
        with pytest.raises(error, match=said):
            parts.begin(model, 10, folder)
    assert not folder.exists()


@pytest.mark.parametrize("wrong", [{"n_samples": 0}, {"rows_per_part": 0}, {"seed": -1}, {"n_samples": 1.5}])
def test_wrong_numbers_leave_nothing(model, folder, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        parts.begin(model, **{"n_samples": 10, "folder": folder} | wrong)
    assert not folder.exists()


def test_a_seed_is_drawn_and_kept(folder):
    rng = np.random.default_rng(0)
    model = ExpansiveSynthesizer(law="local").fit(rng.standard_normal((30, 3)), np.arange(30) % 2)
    parts.begin(model, 100, folder)
    parts.begin(model, 100, folder)
    assert Manifest.read(Store(folder)).division.seed < 2**32


def test_without_the_extra():
    program = "import sys; sys.modules['fsspec'] = None; import skexpand.parts"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "ImportError: Rows in parts need fsspec: pip install 'skexpand[parts]'"
