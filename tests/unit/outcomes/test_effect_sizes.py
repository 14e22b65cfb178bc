"""Effect sizes under metafor's names: errors, missing values and identities; values stand in tests/references."""

import numpy as np
import pytest
from scipy import special

from vises_methods.errors import InputError
from vises_methods.outcomes import effect_size, hedges_factor

GROUPS = {
    "m1i": [10.0, 4.0],
    "sd1i": [2.0, 3.0],
    "n1i": [20, 9],
    "m2i": [9.0, 5.0],
    "sd2i": [2.5, 2.0],
    "n2i": [18, 12],
}
CHANGE = {"m1i": [10.0], "sd1i": [2.0], "m2i": [9.0], "sd2i": [2.5], "ni": [18], "ri": [0.6]}
CELLS = {"ai": [8.0], "bi": [12.0], "ci": [5.0], "di": [15.0]}


def test_the_factor_is_exact():
    assert hedges_factor(8) == pytest.approx(special.gamma(4) / (np.sqrt(4) * special.gamma(3.5)))
    assert np.isnan(hedges_factor(1))


def test_margins_and_cells_are_the_same_table():
    by_cells = effect_size("OR", **CELLS)
    by_margins = effect_size("OR", ai=[8], n1i=[20], ci=[5], n2i=[20])
    assert by_cells.to_numpy().tolist() == by_margins.to_numpy().tolist()


def test_empty_cells_get_a_half_only_where_they_are_by_default():
    table = {"ai": [0, 4], "bi": [10, 6], "ci": [2, 3], "di": [8, 7]}
    default = effect_size("OR", **table)["yi"]
    plain, everywhere = (effect_size("OR", **table, to=to)["yi"] for to in ("none", "all"))
    assert np.isnan(plain[0])
    assert default[1] == pytest.approx(plain[1])
    assert default[0] == pytest.approx(everywhere[0])
    assert everywhere[1] != pytest.approx(plain[1])


def test_unequal_deviations_make_the_same_d_where_they_are_equal():
    equal = {**GROUPS, "sd2i": GROUPS["sd1i"]}
    assert effect_size("SMDH", **equal)["yi"].tolist() == pytest.approx(effect_size("SMD", **equal)["yi"].tolist())


TABLES = ("RD", "RR", "OR", "AS", "PETO", "PHI", "YUQ", "YUY", "RTET", "PBIT", "OR2D", "OR2DN")


def test_ratio_and_difference_agree_on_the_direction():
    signs = [np.sign(effect_size(measure, **CELLS)["yi"].iloc[0]) for measure in TABLES]
    assert set(signs) == {1.0}


@pytest.mark.parametrize("measure", ["MC", "SMCC", "SMCR", "SMCRH", "ROMC", "CVRC", "VRC"])
def test_change_measures_have_a_variance(measure):
    found = effect_size(measure, **CHANGE)
    assert found["vi"].iloc[0] > 0


def test_fisher_and_raw_correlation_belong_together():
    z, r = (effect_size(measure, ri=[0.4], ni=[30])["yi"].iloc[0] for measure in ("ZCOR", "COR"))
    assert np.tanh(z) == pytest.approx(r)


def test_a_study_too_small_has_missing_values_not_an_error():
    found = effect_size("SMD", m1i=[1, 1], sd1i=[1, 1], n1i=[1, 9], m2i=[0, 0], sd2i=[1, 1], n2i=[1, 9])
    assert found["yi"].isna().tolist() == [True, False]


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="n2i"):
        effect_size("SMD", m1i=[1], sd1i=[1], n1i=[9], m2i=[0], sd2i=[1])


@pytest.mark.parametrize(
    "arguments",
    [
        {"measure": "COHEN", **GROUPS},
        {"measure": "SMD", **GROUPS, "xi": [1, 2]},
        {"measure": "SMD", **GROUPS, "vtype": "ZZ"},
        {"measure": "SMD", **GROUPS, "n1i": [3]},
        {"measure": "SMD", **GROUPS, "n1i": ["many", 3]},
    ],
)
def test_what_is_not_known_is_refused(arguments):
    with pytest.raises(InputError):
        effect_size(**arguments)
