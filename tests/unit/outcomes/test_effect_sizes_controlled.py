"""Standardised changes of two groups."""

import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import controlled_change, effect_size

SERVED = {"mean_before": [30.6, 23.5], "mean_after": [38.5, 26.8], "sd_before": [15.0, 3.1], "n": [20, 50],
          "correlation": [0.47, 0.64]}  # fmt: skip


def test_the_same_groups_have_no_difference_and_twice_the_variance():
    found = controlled_change(SERVED, SERVED)
    single = effect_size("SMCR", m1i=[38.5, 26.8], m2i=[30.6, 23.5], sd1i=[15.0, 3.1], ni=[20, 50], ri=[0.47, 0.64])
    assert found["yi"].tolist() == [0, 0]
    assert found["vi"].tolist() == pytest.approx((2 * single["vi"]).tolist())


def test_swapping_the_groups_turns_the_sign():
    still = {**SERVED, "mean_after": SERVED["mean_before"]}
    one, two = controlled_change(SERVED, still)["yi"], controlled_change(still, SERVED)["yi"]
    assert one.tolist() == pytest.approx((-two).tolist())


def test_a_missing_summary_is_named():
    with pytest.raises(InputError, match="correlation"):
        controlled_change({name: SERVED[name] for name in SERVED if name != "correlation"}, SERVED)
