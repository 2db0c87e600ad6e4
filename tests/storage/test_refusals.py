"""A file that is not what it should be is refused in our own words, and so is what no file can hold."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load, save

from skexpand import ExpansiveSynthesizer
from skexpand.storage.file import VERSION, checksum
from tests.tables import arc

TABLE = arc(np.random.default_rng(0), 24)


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    """Return the bytes of a stored synthesizer."""
    path = tmp_path_factory.mktemp("content") / "a"
    ExpansiveSynthesizer(random_state=0, latent_dim=1, max_epochs=1).fit(*TABLE).save(path)
    return path.read_bytes()


def taken_apart(content):
    """Return metadata and tensors."""
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return header["__metadata__"], {name: array.copy() for name, array in load(content).items()}


def forged(metadata, arrays):
    """Return the bytes of a file with a checksum that is right."""
    metadata = {name: text for name, text in metadata.items() if name != "checksum"}
    return save(arrays, metadata | {"checksum": checksum(metadata, arrays)})


def loaded(content, folder):
    path = folder / "a.safetensors"
    path.write_bytes(content)
    return ExpansiveSynthesizer.load(path)


def test_forging_is_a_fair_test(content, tmp_path):
    assert len(loaded(forged(*taken_apart(content)), tmp_path).sample(5)[0]) == 5


def test_a_file_that_is_cut_off(content, tmp_path):
    header = 8 + int.from_bytes(content[:8], "little")
    ends = {*range(20), *range(0, len(content), 997), *range(header - 3, header + 4), len(content) - 1}
    for end in sorted(ends):
        with pytest.raises(ValueError, match=r"not a file that `save` wrote, or it is truncated or damaged"):
            loaded(content[:end], tmp_path)


def test_a_file_that_goes_on(content, tmp_path):
    with pytest.raises(ValueError, match="truncated or damaged"):
        loaded(content + b"\0", tmp_path)


@pytest.mark.parametrize("bit", [0, 5])
def test_a_flipped_bit_anywhere(bit, content, tmp_path):
    header = 8 + int.from_bytes(content[:8], "little")
    places = {*range(60), *range(0, header, 997), *range(header - 9, header + 9), *range(header, len(content), 1999)}
    for place in sorted(places):
        damaged = bytearray(content)
        damaged[place] ^= 1 << bit
        with pytest.raises(ValueError, match=r"a\.safetensors' (is|was written by)"):
            loaded(bytes(damaged), tmp_path)


@pytest.mark.parametrize(
    "foreign",
    [b"", b"\0" * 8, b"a,b\n1,2\n", b"\xff" * 64, b"PK\x03\x04" + bytes(99), save({"a": np.zeros(3)}), b"\x80\x04K."],
)
def test_files_of_others(foreign, tmp_path):
    with pytest.raises(ValueError, match=r"a\.safetensors' is"):
        loaded(foreign, tmp_path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        ExpansiveSynthesizer.load(tmp_path / "none")
    with pytest.raises(ValueError, match="is a folder; name a file in it"):
        ExpansiveSynthesizer.load(tmp_path)


@pytest.mark.parametrize(
    ("version", "reads"),
    [
        (str(VERSION + 1), f"up to {VERSION}; install a newer skexpand"),
        ("007", f"up to {VERSION}; install a newer skexpand"),
        ("0", f"1 to {VERSION}; load it with the version that wrote it, or fit and save again"),
    ],
)
def test_another_version(version, reads, content, tmp_path):
    metadata, arrays = taken_apart(content)
    written = rf"written by skexpand 0\..* in format {int(version)}, and this version reads formats {reads}\.$"
    with pytest.raises(ValueError, match=written):
        loaded(forged(metadata | {"format_version": version}, arrays), tmp_path)


@pytest.mark.parametrize("version", ["", "one", "-1", "٣", "1" * 5000])
def test_no_version(version, content, tmp_path):
    metadata, arrays = taken_apart(content)
    with pytest.raises(ValueError, match="not one that `save` wrote"):
        loaded(forged(metadata | {"format_version": version}, arrays), tmp_path)


def refused(content, folder, match, change=None, change_arrays=None, name="state"):
    """Check that a file is refused after a change of a document or of the arrays, in spite of its right checksum."""
    metadata, arrays = taken_apart(content)
    document = json.loads(metadata[name])
    if change is not None:
        change(document)
    if change_arrays is not None:
        change_arrays(arrays)
    with pytest.raises(ValueError, match=match):
        loaded(forged(metadata | {name: json.dumps(document)}, arrays), folder)


LABELS = "state._source.expansion.labels"


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ("'state._source.expansion.labels' is missing", lambda a: a.pop(LABELS)),
        ("is int64 of shape .23., but should be int64 of shape .24.", lambda a: a.update({LABELS: a[LABELS][1:]})),
        ("is float32 of shape .24., but should be int64", lambda a: a.update({LABELS: a[LABELS].astype("f4")})),
        ("nothing refers to the tensor.s. .'more'.", lambda a: a.update(more=np.zeros(2))),
        ("labels are not those of 2 classes", lambda a: a[LABELS].fill(10**12)),
        ("labels are not those of 2 classes", lambda a: a[LABELS].fill(-1)),
        ("labels are not those of 2 classes", lambda a: a["state._source.classes"].fill(7)),
        ("edges lead to rows", lambda a: a["state._source.expansion.graph.local.targets"].fill(24)),
    ],
)
def test_forged_tensors(match, change, content, tmp_path):
    refused(content, tmp_path, match, change_arrays=change)


def at(document, *path):
    for key in path:
        document = document[key]
    return document


EXPANSION = ("_source", "expansion")


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ("the class 'Popen'", lambda d: at(d, *EXPANSION).update({"$": "Popen"})),
        ("the class 'os.system'", lambda d: at(d, *EXPANSION).update({"$": "os.system"})),
        ("should be .*BlockMaker", lambda d: at(d, "_source").update(expansion=at(d, *EXPANSION, "graph", "local"))),
        ("a Edges has the parts", lambda d: at(d, *EXPANSION, "graph", "local").pop("targets")),
        ("'.exec', which this version does not know", lambda d: at(d, "_source").update(expansion={"$exec": "1"})),
        ("degree of a Expansion is of type str", lambda d: at(d, *EXPANSION).update(degree="4")),
        ("degree of a Expansion is of type float", lambda d: at(d, *EXPANSION).update(degree={"$float": "nan"})),
        ("degree of a Expansion is of type bool", lambda d: at(d, *EXPANSION).update(degree=True)),
        ("mixture of a Expansion", lambda d: at(d, *EXPANSION).update(mixture={"local": "all"})),
        ("does not hold a synthesizer", lambda d: at(d, *EXPANSION).update(mixture={"loca": 1.0})),
        ("does not hold a synthesizer", lambda d: at(d, *EXPANSION).update(degree=-3)),
        ("does not hold a synthesizer", lambda d: at(d, *EXPANSION).update(degree=10**15)),
        ("not those of a network", lambda d: at(d, *EXPANSION, "network").update(n_heads=40)),
        ("not those of a network", lambda d: at(d, *EXPANSION, "network", "weights").pop("encoder.gate")),
        ("sampling_strategy_ is of type dict", lambda d: d.update(sampling_strategy_={"0": {"$float": "nan"}})),
        ("n_features_in_ is 5, but there are 4 columns", lambda d: d.update(n_features_in_=5)),
        ("diversity_ is of type str", lambda d: d.update(diversity_="high")),
        ("__class__ is of type str", lambda d: d.update(__class__="x")),
        ("fit is of type int", lambda d: d.update(fit=1)),
        ("does not hold a synthesizer", lambda d: d.update(n_features_in_={"$numpy": "V1000000000000", "value": 0})),
    ],
)
def test_forged_documents(match, change, content, tmp_path):
    refused(content, tmp_path, match, change)


@pytest.mark.parametrize(
    ("match", "part"),
    [("it has 11 images for 12 labels", ("images",)), ("two ends each", ("graph", "local", "sources"))],
)
def test_forged_images(match, part, tmp_path):
    X, y = np.random.default_rng(0).random((12, 64)), np.repeat([0, 1], 6)
    ExpansiveSynthesizer(image_shape=(8, 8), spread=1.0, random_state=0).fit(X, y).save(tmp_path / "a")
    name = ".".join(["state", *EXPANSION, *part])

    def shorten(arrays):
        arrays[name] = arrays[name][:-1]

    def state_it(document):
        at(document, *EXPANSION, *part)["shape"][0] -= 1

    refused((tmp_path / "a").read_bytes(), tmp_path, match, state_it, shorten)


@pytest.mark.parametrize(
    ("match", "forged_value"),
    [
        ("the tensor '../../etc/passwd' is missing", {"$array": "../../etc/passwd", "dtype": "int64", "shape": [1]}),
        ("does not hold a synthesizer", {"$array": ["a"], "dtype": "int64", "shape": [1]}),
        ("does not hold a synthesizer", {"$cells": ["a"], "dtype": "U9", "shape": [10**15]}),
        ("does not hold a synthesizer", {"$cells": ["a"], "dtype": "U1000000000000", "shape": [1]}),
        ("does not hold a synthesizer", {"$date": "yesterday"}),
        ("does not hold a synthesizer", {"$dict": [[[], 1]]}),
        ("does not hold a synthesizer", {"$column": "numpy", "type": "f8", "name": None, "cells": [1]}),
        ("does not hold a synthesizer", {"$column": "pandas", "type": "period[Z]", "name": None, "cells": [1]}),
    ],
)
def test_forged_values(match, forged_value, content, tmp_path):
    refused(content, tmp_path, match, lambda document: document.update(groups_=forged_value))


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ("neither one of tables nor one of images", lambda core: core["settings"].pop("bounds")),
        ("neither one of tables nor one of images", lambda core: core["settings"].update(image_shape=[8, 8])),
        ("does not hold a synthesizer", lambda core: core["schema"].update(columns=[])),
        ("does not hold a synthesizer", lambda core: core["codec"]["numeric"].update(domains=[])),
        ("seed of a Core is of type str", lambda core: core.update(seed="0")),
    ],
)
def test_forged_cores(match, change, tmp_path):
    X = pd.DataFrame(TABLE[0].round(1), columns=list("abcd"))
    ExpansiveSynthesizer(random_state=0).pretrain(X).save(tmp_path / "core")
    refused((tmp_path / "core").read_bytes(), tmp_path, match, lambda document: change(document["_core"]))


@pytest.mark.parametrize(
    ("match", "text"),
    [
        ("does not hold a synthesizer", "[" * 100_000),
        ("does not hold a synthesizer", '{"a":' * 5_000 + "1" + "}" * 5_000),
        ("NaN, which is not JSON", '{"diversity_": NaN}'),
        ("does not hold a synthesizer", "[]"),
        ("does not hold a synthesizer", ""),
        ("does not hold a synthesizer", "1" * 10_000),
    ],
    ids=["deep list", "deep dict", "nan", "list", "nothing", "long number"],
)
def test_documents_that_are_none(match, text, content, tmp_path):
    metadata, arrays = taken_apart(content)
    with pytest.raises(ValueError, match=match):
        loaded(forged(metadata | {"state": text}, arrays), tmp_path)


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ("unexpected keyword argument 'speed'", {"speed": 1}),
        ("The 'n_heads' parameter", {"n_heads": 10**9}),
        ("The 'random_state' parameter", {"random_state": {"$float": "nan"}}),
    ],
)
def test_forged_parameters(match, change, content, tmp_path):
    refused(content, tmp_path, match, lambda parameters: parameters.update(change), name="parameters")


def test_headers_that_lie_about_sizes(tmp_path):
    for shape, offsets in (([10**15], [0, 8]), ([1], [0, 10**15]), ([2**62, 4], [0, 8]), ([1], [8, 0]), ([-1], [0, 8])):
        header = json.dumps({"a": {"dtype": "F64", "shape": shape, "data_offsets": offsets}}).encode()
        with pytest.raises(ValueError, match="truncated or damaged"):
            loaded(len(header).to_bytes(8, "little") + header + bytes(8), tmp_path)


class Colour:
    """A class that no file knows."""

    def __repr__(self):
        return "red"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rules", [lambda rows: rows[:, 0] > -9]),
        ("sampling_strategy", lambda y: {0: 20, 1: 20}),
        ("random_state", np.random.RandomState(0)),
    ],
)
def test_parameters_that_cannot_be_stored(name, value, tmp_path):
    synthesizer = ExpansiveSynthesizer(**{name: value})
    with pytest.raises(ValueError, match=f"^{name}=.*cannot be stored; set_params"):
        synthesizer.save(tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_cells_that_cannot_be_stored(tmp_path):
    X = pd.DataFrame({"x": [Colour() for _ in range(6)], "z": range(6)})
    synthesizer = ExpansiveSynthesizer(random_state=0).fit(X, [0, 1] * 3)
    with pytest.raises(ValueError, match=r"is red, of type Colour, which cannot be stored"):
        synthesizer.save(tmp_path / "a")
    assert os.listdir(tmp_path) == []


def test_places_that_take_no_file(tmp_path):
    synthesizer = ExpansiveSynthesizer()
    with pytest.raises(ValueError, match="is a folder"):
        synthesizer.save(tmp_path)
    with pytest.raises(ValueError, match="nothing can be written to"):
        synthesizer.save(tmp_path / "no" / "a")


def test_a_save_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    ExpansiveSynthesizer(degree=3).save(tmp_path / "a")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        ExpansiveSynthesizer(degree=5).save(tmp_path / "a")
    assert os.listdir(tmp_path) == ["a"]
    assert ExpansiveSynthesizer.load(tmp_path / "a").degree == 3


def test_a_device_that_is_not_here(content, tmp_path):
    metadata, arrays = taken_apart(content)
    parameters = json.loads(metadata["parameters"]) | {"device": "cuda:77"}
    again = loaded(forged(metadata | {"parameters": json.dumps(parameters)}, arrays), tmp_path)
    assert again.device == "auto"
    assert len(again.sample(3)[0]) == 3


def test_loading_runs_no_pickle(content, tmp_path, monkeypatch):
    import pickle

    import torch

    def refuse(*_, **__):
        raise AssertionError("a pickle was read")

    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "loads", refuse)
    monkeypatch.setattr(torch, "load", refuse)
    assert len(loaded(content, tmp_path).sample(3)[0]) == 3
