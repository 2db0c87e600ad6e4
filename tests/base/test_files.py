"""A file is there whole, or what was there before is."""

import os

import pytest

from skexpand.base.files import whole_file


def test_the_file_appears_at_the_end(tmp_path):
    path = tmp_path / "a.csv"
    with whole_file(path) as file:
        file.write(b"rows")
        assert not path.exists()
    assert path.read_bytes() == b"rows"
    assert os.listdir(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("before", [None, b"old"])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_behind(tmp_path, before, error):
    path = tmp_path / "a.csv"
    if before:
        path.write_bytes(before)

    def write_half():
        with whole_file(path) as file:
            file.write(b"half of it")
            raise error

    with pytest.raises(error):
        write_half()
    assert os.listdir(tmp_path) == ([path.name] if before else [])
    assert not before or path.read_bytes() == before


def test_a_move_that_fails_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space"), whole_file(tmp_path / "a.csv") as file:
        file.write(b"rows")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_takes_no_file(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ValueError, match=r"nothing can be written to .*: Permission denied; name another"):
        whole_file(tmp_path / "a.csv").__enter__()


def test_names_as_long_as_they_may_be(tmp_path):
    with whole_file(tmp_path / ("a" * 251 + ".csv")) as file:
        file.write(b"rows")
    assert [len(name) for name in os.listdir(tmp_path)] == [255]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.csv").write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    with whole_file(tmp_path / "link.csv") as file:
        file.write(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_permissions_are_those_of_any_new_file(tmp_path):
    (tmp_path / "any").touch()
    with whole_file(tmp_path / "a.csv"):
        pass
    assert (tmp_path / "a.csv").stat().st_mode == (tmp_path / "any").stat().st_mode
