"""Counts; values of R 4.2.2's glm() and of MASS 7.3's glm.nb() on the same eighteen people."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import count_change, count_comparison

PEOPLE = pd.DataFrame(
    {
        "visits": [4, 6, 5, 12, 0, 3, 2, 9, 2, 3, 1, 0, 5, 1, 2, 7, 0, 1],
        "arm": [1] * 9 + [0] * 9,
        "months": [6, 6, 5, 6, 3, 6, 6, 6, 4, 6, 6, 6, 5, 6, 6, 6, 4, 6],
        "earlier": [3, 5, 2, 8, 1, 2, 2, 6, 1, 3, 1, 0, 4, 1, 1, 5, 0, 1],
        "site": list(range(6)) * 3,
    }
)


@pytest.mark.parametrize(
    ("model", "estimate", "se", "p"),
    [
        ("poisson", 0.826092463934, 0.270657505878, 2.27194105651e-03),
        ("quasipoisson", 0.826092463934, 0.417255529609, 0.0651914049991),
        ("negative_binomial", 0.791580345811, 0.387155662937, 0.0408938310552),
    ],
)
def test_the_rate_ratio_is_that_of_r(model, estimate, se, p):
    result = count_comparison(PEOPLE, "visits", exposure="months", model=model)
    log = result.estimates.set_index("measure").loc["log_rate_ratio"]
    assert [log["estimate"], log["se"], log["p"]] == pytest.approx([estimate, se, p], rel=1e-4)
    assert result.value == pytest.approx(np.exp(estimate), rel=2e-5)


def test_dispersion_is_told():
    known = count_comparison(PEOPLE, "visits", exposure="months").details["dispersion"].iloc[0]
    assert known["pearson"] == pytest.approx(2.37664354866, rel=1e-5)
    alpha = count_comparison(PEOPLE, "visits", exposure="months", model="negative_binomial").details["dispersion"]
    assert alpha["alpha"].iloc[0] == pytest.approx(0.33607361074, rel=1e-4)


def test_counts_that_vary_less_than_chance_do_not_narrow_the_interval():
    adjusted = count_comparison(PEOPLE, "visits", exposure="months", covariates=["earlier"])
    plain = count_comparison(PEOPLE, "visits", exposure="months", covariates=["earlier"], model="poisson")
    assert adjusted.details["dispersion"]["pearson"].iloc[0] < 1
    assert adjusted.estimates["se"].iloc[0] == pytest.approx(plain.estimates["se"].iloc[0])


def test_clustered_errors_are_those_of_clubsandwich():
    """vcovCR(glm(poisson), type = "CR1"), clubSandwich 0.5.8."""
    result = count_comparison(PEOPLE, "visits", exposure="months", clusters="site", model="poisson")
    assert result.estimates["se"].iloc[0] == pytest.approx(0.399160753610, rel=2e-5)
    assert result.estimates["df"].iloc[0] == 5


def test_the_difference_of_rates_is_the_plain_one():
    rows = count_comparison(PEOPLE, "visits", exposure="months", model="poisson").estimates.set_index("measure")
    assert rows.loc["rate_difference", "estimate"] == pytest.approx(43 / 48 - 20 / 51)
    assert rows.loc["rate_difference", "se"] == pytest.approx(np.sqrt(43 / 48**2 + 20 / 51**2))


def test_events_before_and_after_of_the_same_people():
    result = count_change([4, 6, 3, 5, 8], [2, 3, 2, 1, 5])
    assert result.value == pytest.approx(0.5)
    # poisson.test(c(13, 26)) of R 4.2.2
    assert result.details["events"]["p_exact"].iloc[0] == pytest.approx(0.0532519140979)


def test_what_is_no_count_is_an_error_and_none_at_all_has_a_reason():
    with pytest.raises(InputError):
        count_comparison(PEOPLE.assign(visits=PEOPLE["visits"] - 1), "visits")
    with pytest.raises(InputError):
        count_comparison(PEOPLE.assign(months=0), "visits", exposure="months")
    with pytest.raises(InputError):
        count_change([1.5, 2], [1, 2])
    nobody = PEOPLE.assign(visits=np.where(PEOPLE["arm"] == 1, 0, PEOPLE["visits"]))
    assert count_comparison(nobody, "visits").not_estimable.code == "outcomes.reasons.empty_cell"
    assert count_change([3], [1]).not_estimable.code == "outcomes.reasons.few_people"
    assert count_comparison(PEOPLE[PEOPLE["arm"] == 1], "visits").not_estimable.code == "outcomes.reasons.one_arm"
