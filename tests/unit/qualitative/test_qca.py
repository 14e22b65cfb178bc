from itertools import product

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import calibrate, minimise, necessity, truth_table
from vises_methods.qualitative.configurations import minimal_covers, prime_implicants

CASES = pd.DataFrame(
    {"A": [1, 1, 0, 0, 1], "B": [1, 0, 1, 0, 1], "Y": [1, 1, 1, 0, 0]}, index=["c1", "c2", "c3", "c4", "c5"]
)


def asked(**options):
    return {"outcome": "Y", "conditions": ["A", "B"], **options}


def test_a_contradictory_configuration_goes_by_the_threshold():
    strict, loose = (
        truth_table(CASES, **asked(consistency=c)).estimates.set_index("subject")["out"] for c in (0.8, 0.5)
    )
    assert (strict["A*B"], loose["A*B"]) == ("0", "1")
    assert strict["A*~B"] == "1"


def test_too_few_cases_make_a_remainder_with_a_reason():
    rows = truth_table(CASES, **asked(frequency=2)).estimates.set_index("subject")
    assert rows.loc["~A*~B", "out"] == "?"
    assert rows.loc["~A*~B", "reason"] == "qualitative.reasons.remainder"


def test_solutions_lead_to_their_cases():
    result = minimise(CASES, **asked(consistency=0.5))
    evidence = result.details["evidence"].groupby("term")["case"].agg(list).to_dict()
    assert evidence == {"A": ["c1", "c2", "c5"], "B": ["c1", "c3", "c5"]}


def test_unique_coverage_is_what_no_other_term_explains():
    rows = minimise(CASES, **asked(consistency=0.5)).estimates.set_index("subject")
    assert rows.loc["A", "unique"] == pytest.approx(1 / 3)
    assert rows.loc["A + B", "covered"] == 1


def test_no_outcome_has_a_reason():
    none = CASES.assign(Y=0)
    assert minimise(none, **asked()).not_estimable.code == "qualitative.reasons.no_configuration"
    assert necessity(none, **asked()).not_estimable.code == "qualitative.reasons.no_outcome"


def test_cases_at_one_half_are_noticed_and_missing_cases_left_out():
    fuzzy = CASES.astype(float)
    fuzzy.loc["c1", "A"] = 0.5
    fuzzy.loc["c2", "B"] = np.nan
    result = truth_table(fuzzy, **asked())
    assert [notice.code for notice in result.notices] == ["qualitative.notices.cases_at_half"]
    assert result.estimates["n"].sum() == 3


@pytest.mark.parametrize("seed", range(5))
def test_minimisation_covers_exactly_what_it_should_with_the_fewest_terms(seed):
    draws = np.random.default_rng(seed)
    configurations = [number for number in range(16) if draws.random() < 0.5]
    primes = prime_implicants(configurations, 4)
    covers = minimal_covers(primes, configurations)
    for cover in covers:
        assert sorted(n for n in range(16) if any(term.covers(n) for term in cover)) == configurations
    smaller = product([False, True], repeat=len(primes))
    sizes = [
        sum(chosen)
        for chosen in smaller
        if all(any(c and t.covers(n) for c, t in zip(chosen, primes, strict=True)) for n in configurations)
    ]
    assert len(covers[0]) == min(sizes)
    assert len(covers) == sizes.count(min(sizes))


def test_a_set_of_low_values_is_calibrated_downwards():
    low = calibrate(pd.Series([10.0, 50.0, None, 90.0]), exclusion=80, crossover=50, inclusion=20)
    assert low.iloc[0] > 0.95
    assert low.iloc[1] == 0.5
    assert np.isnan(low.iloc[2])
    assert low.iloc[3] < 0.05


@pytest.mark.parametrize(
    "anchors", [{"exclusion": 3, "crossover": 2, "inclusion": 4}, {"exclusion": 1, "crossover": 2}]
)
def test_anchors_out_of_order_are_errors(anchors):
    with pytest.raises(InputError):
        calibrate(pd.Series([1.0]), **anchors)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (CASES.assign(A=2), asked()),
        (CASES.drop(columns="B"), asked()),
        (CASES, asked(conditions=[])),
        (CASES.assign(Y=np.nan), asked()),
        (CASES, asked(solution="intermediate")),
    ],
)
def test_wrong_input_is_an_error(data, options):
    with pytest.raises(InputError):
        minimise(data, **options)
