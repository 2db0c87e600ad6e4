"""New rows go back into the container of the fitted table; text columns are refused by name."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skexpand.codec import Template, refuse_text_columns


def test_array(rng):
    rows = rng.standard_normal((3, 2))
    assert Template.of(rows, rows).restore(rows) is rows


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array, sparse.csc_array])
def test_sparse(rng, kind):
    rows = rng.standard_normal((3, 2))
    original = kind(rows)
    restored = Template.of(original, original).restore(rows)
    assert type(restored) is kind
    np.testing.assert_array_equal(restored.toarray(), rows)


def test_frame_keeps_names_and_types():
    frame = pd.DataFrame(
        {"a": [1, 2], "b": [True, False], "c": np.array([1, 2], np.float32), "d": pd.array([1, 2], "Int8")}
    )
    restored = Template.of(frame, frame.to_numpy(float)).restore(np.array([[5.0, 1.0, 0.5, 3.0], [6.0, 0.0, 1.5, 4.0]]))
    assert restored.dtypes.to_dict() == frame.dtypes.to_dict()
    assert restored.to_numpy().tolist() == [[5, True, 0.5, 3], [6, False, 1.5, 4]]


def test_frame_with_repeated_names():
    frame = pd.DataFrame([[1, 0.5]], columns=["a", "a"])
    restored = Template.of(frame, frame.to_numpy(float)).restore(np.array([[2.0, 3.5]]))
    assert list(restored.columns) == ["a", "a"]
    assert restored.dtypes.tolist() == frame.dtypes.tolist()


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["x", "y"]),
        pd.Series(["x", "y"], dtype=object),
        pd.Categorical(["x", "y"]),
        pd.to_datetime(["2020-01-01", "2021-01-01"]),
        np.array([1 + 1j, 2]),
    ],
    ids=["string", "object", "category", "datetime", "complex"],
)
def test_a_column_that_is_not_numeric_is_named(values):
    frame = pd.DataFrame({"fine": [1.0, 2.0], "odd one": values})
    with pytest.raises(ValueError, match="odd one") as error:
        refuse_text_columns(frame)
    assert "fine" not in str(error.value)
    assert "OneHotEncoder" in str(error.value)


def test_numeric_columns_of_every_kind_are_accepted():
    refuse_text_columns(np.ones((2, 2)))
    refuse_text_columns([[1, 2]])
    refuse_text_columns(
        pd.DataFrame(
            {
                "float": [1.0],
                "int": [1],
                "bool": [True],
                "nullable": pd.array([1], "Int64"),
                "object": pd.Series([1.5], dtype=object),
                "sparse": pd.arrays.SparseArray([0.0]),
            }
        )
    )
