import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import correspondence_analysis, multiple_correspondence_analysis

TABLE = pd.DataFrame([[10, 2, 1], [3, 8, 2], [1, 2, 9]], index=["g1", "g2", "g3"], columns=["A", "B", "C"])


def test_empty_rows_and_columns_are_left_out_and_lower_the_coverage():
    wider = TABLE.assign(D=0)
    wider.loc["g4"] = 0
    result = correspondence_analysis(wider)
    assert result.value == pytest.approx(correspondence_analysis(TABLE).value)
    assert result.estimates["coverage"].iloc[0] == pytest.approx(9 / 16)
    assert set(result.details["points"]["point"]) == {"g1", "g2", "g3", "A", "B", "C"}


def test_the_order_of_rows_changes_nothing():
    first, second = (correspondence_analysis(t).details["points"] for t in (TABLE, TABLE.iloc[::-1]))
    keys = ["kind", "point", "dimension"]
    merged = first.merge(second, on=keys, suffixes=("", "_other"))
    assert merged["coordinate"].tolist() == pytest.approx(merged["coordinate_other"].tolist())


def test_only_the_dimensions_asked_for():
    result = correspondence_analysis(TABLE, dimensions=1)
    assert len(result.estimates) == 1
    assert result.estimates["share"].iloc[0] < 1
    assert set(result.details["points"]["dimension"]) == {1}


def test_tables_without_two_rows_or_without_association_have_a_reason():
    one = correspondence_analysis(TABLE.iloc[:1])
    assert one.not_estimable.code == "qualitative.reasons.table_too_small"
    flat = correspondence_analysis(pd.DataFrame([[1, 2], [2, 4]]))
    assert flat.not_estimable.code == "qualitative.reasons.no_association"


@pytest.mark.parametrize("table", [TABLE - 5, TABLE.astype(object).replace(10, "ten"), TABLE.iloc[:0]])
def test_values_that_are_no_counts_are_errors(table):
    with pytest.raises(InputError):
        correspondence_analysis(table)


def test_cases_that_lack_a_value_are_left_out():
    cases = pd.DataFrame({"language": ["fr", "nl", "fr", None], "size": ["s", "l", "l", "s"]})
    assert multiple_correspondence_analysis(cases).estimates["coverage"].iloc[0] == 0.75
    with pytest.raises(InputError):
        multiple_correspondence_analysis(cases.assign(size=None))
