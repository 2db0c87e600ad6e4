"""A result replaces nothing by accident."""

import pytest

from skexpand.cli._destination import check_destination


@pytest.mark.parametrize("force", [True, False])
def test_the_source_is_never_overwritten(tmp_path, force):
    source = tmp_path / "a.csv"
    source.touch()
    (tmp_path / "link.csv").symlink_to("a.csv")
    for out in (source, tmp_path / "link.csv"):
        with pytest.raises(ValueError, match="is the table itself"):
            check_destination(out, source, force)


def test_destinations(tmp_path):
    source, there = tmp_path / "a.csv", tmp_path / "b.csv"
    source.touch()
    check_destination(there, source, force=False)
    there.touch()
    check_destination(there, source, force=True)
    with pytest.raises(ValueError, match=r"b.csv' exists; --force replaces it"):
        check_destination(there, source, force=False)
    with pytest.raises(ValueError, match="is a folder"):
        check_destination(tmp_path, source, force=True)
    with pytest.raises(ValueError, match=r"the folder .* does not exist"):
        check_destination(tmp_path / "no" / "b.csv", source, force=True)
