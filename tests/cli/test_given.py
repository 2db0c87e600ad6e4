"""``--given``: each value is read as its column is; errors name the option and its value."""

import pandas as pd
import pytest


@pytest.fixture
def people(tmp_path):
    """Return a CSV file of people."""
    lines = ["sex,age,seen,dose,a=b,kind"]
    for i in range(60):
        lines.append(f"{'FM'[i % 2]},{20 + i % 40},2024-03-{1 + i % 28:02},{'' if i % 5 == 0 else i / 4},{i},{i % 3}")
    path = tmp_path / "people.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_new_rows_fulfil_it(skexpand, people):
    big = people.with_name("big.csv")
    options = ["--given", "sex=F", "--given", "age=30:40", "--given", "seen=:2024-03-15", "--given", "a=b=5:"]
    code, out, err = skexpand("expand", people, "-t", "kind", "--ratio", 5, "-o", big, *options)
    assert (code, err) == (0, [])
    assert "300 rows, 240 of them new" in out
    assert big.read_text().startswith(people.read_text())
    new = pd.read_csv(big)[60:]
    assert (new.sex == "F").all()
    assert new.age.between(30, 40).all()
    assert (new.seen <= "2024-03-15").all()
    assert new["a=b"].ge(5).all()
    assert new.kind.value_counts().to_dict() == {0: 80, 1: 80, 2: 80}


def test_one_of_several_values_and_gaps(skexpand, people):
    big = people.with_name("big.parquet")
    options = ["--given", "age=33", "--given", "age=35", "--given", "dose=", "--synthetic-only", "--flag-column", "new"]
    code, _, err = skexpand("expand", people, "-t", "kind", "-o", big, "--strategy", "0=120,1=20,2=20", *options)
    assert (code, err) == (0, [])
    new = pd.read_parquet(big)
    assert len(new) == 100
    assert set(new.age) <= {33, 35}
    assert new.dose.isna().all()
    assert new.new.all()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("age", "--given 'age' is not understood; write NAME=VALUE or NAME=LOW:HIGH"),
        ("agee=3", "--given 'agee=3': no column is named 'agee'; did you mean 'age'?"),
        ("sex=X", "--given 'sex=X': no cell of 'sex' is 'X'; it has F, M"),
        ("age=old", "--given 'age=old': 'old' is not a value of this column, nor a range LOW:HIGH of it"),
        ("age=", "--given 'age=': '' is not a value of this column, nor a range LOW:HIGH of it"),
        ("kind=1", "--given 'kind=1' names the target; leave it out (--strategy states the rows of each class)"),
        ("age=40:30", "--given: given['age'] = (40, 30) is an empty range"),
        ("age=99", "--given: given['age'] = 99 leaves no value that a new row may have"),
    ],
)
def test_what_is_refused(refused, people, option, message):
    line = refused("expand", people, "-t", "kind", "-o", people.with_name("big.csv"), "--given", option)
    assert message in line
    assert not people.with_name("big.csv").exists()
