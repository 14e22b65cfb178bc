"""Shares and their comparison."""

import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import binary_change, binary_comparison, proportion


def test_swapping_the_groups_turns_the_difference():
    one, two = binary_comparison(31, 52, 18, 47).estimates, binary_comparison(18, 47, 31, 52).estimates
    assert one["estimate"].iloc[0] == pytest.approx(-two["estimate"].iloc[0])
    assert one["low"].iloc[0] == pytest.approx(-two["high"].iloc[0])
    assert one["estimate"].iloc[1] == pytest.approx(1 / two["estimate"].iloc[1])


def test_a_ratio_over_nought_has_a_reason_and_the_difference_stays():
    table = binary_comparison(4, 20, 0, 20).estimates.set_index("measure")
    assert table.loc["risk_difference", "estimate"] == 0.2
    assert table.loc["risk_ratio", "reason"] == "outcomes.reasons.empty_cell"
    assert table.loc["odds_ratio", "reason"] == "outcomes.reasons.empty_cell"


def test_all_or_none_has_no_test():
    assert (
        binary_comparison(5, 5, 6, 6).estimates.get("p") is None
        or binary_comparison(5, 5, 6, 6).estimates["p"].isna().all()
    )


def test_nobody_asked():
    assert proportion(0, 0).not_estimable.code == "outcomes.reasons.few_people"
    assert binary_comparison(0, 0, 1, 2).not_estimable.code == "outcomes.reasons.few_people"


def test_only_those_who_changed_decide():
    many = binary_change([0, 0, 0, 1] + [1] * 50, [1, 1, 1, 0] + [1] * 50).estimates["p"].iloc[0]
    few = binary_change([0, 0, 0, 1], [1, 1, 1, 0]).estimates["p"].iloc[0]
    assert many == few


def test_nobody_changed():
    result = binary_change([0, 1, 1], [0, 1, 1])
    assert (result.value, result.estimates["p"].iloc[0]) == (0, 1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: proportion(5, 4),
        lambda: proportion(1, 4, interval="guess"),
        lambda: binary_comparison(9, 8, 1, 2),
        lambda: binary_comparison(1, 8, 1, 2, ratio_interval="guess"),
        lambda: binary_change([0, 2], [1, 1]),
        lambda: binary_change([0, 1], [1]),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(InputError):
        call()
