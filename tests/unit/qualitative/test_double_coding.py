import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import agreement, double_coding_from_pilot, double_coding_size


def pairs(draws, units, kappa, prevalence):
    """Two coders with one prevalence and a known kappa: the common correlation model."""
    same = draws.random(units) < kappa
    first = draws.random(units) < prevalence
    second = np.where(same, first, draws.random(units) < prevalence)
    return pd.DataFrame({"ana": first, "ben": second})


@pytest.mark.parametrize(("kappa", "prevalence"), [(0.7, 0.5), (0.6, 0.15)])
def test_the_units_asked_for_give_the_interval_asked_for(kappa, prevalence):
    units = int(double_coding_size(expected_agreement=kappa, prevalence=prevalence, half_width=0.1).value)
    draws = np.random.default_rng(5)
    values = [agreement(pairs(draws, units, kappa, prevalence), coefficient="cohen_kappa").value for _ in range(300)]
    assert 1.96 * np.std(values) == pytest.approx(0.1, rel=0.12)


def test_rare_codes_and_narrow_intervals_need_more():
    rows = double_coding_size(expected_agreement=0.7, prevalence=[0.5, 0.1]).estimates["estimate"]
    assert rows.iloc[1] > 2 * rows.iloc[0]
    narrow = double_coding_size(expected_agreement=0.7, prevalence=0.5, half_width=0.05).value
    assert narrow == pytest.approx(4 * rows.iloc[0], abs=4)
    wider = double_coding_size(expected_agreement=0.7, prevalence=0.5, design_effect=2).value
    assert wider == pytest.approx(2 * rows.iloc[0], abs=1)


def clustered(draws, interviews):
    accuracy = np.repeat(draws.choice([0.2, 1.0], interviews), 15)
    first = draws.random(len(accuracy)) < 0.4
    second = np.where(draws.random(len(accuracy)) < accuracy, first, draws.random(len(accuracy)) < 0.4)
    return pd.DataFrame({"ana": first, "ben": second}), np.repeat(np.arange(interviews), 15)


def test_a_pilot_tells_how_many_interviews():
    ratings, interviews = clustered(np.random.default_rng(2), 20)
    plan = double_coding_from_pilot(ratings, clusters=interviews, half_width=0.1)
    rows = plan.estimates.set_index("measure")["estimate"]
    assert rows["design_effect"] > 1.5
    many, groups = clustered(np.random.default_rng(3), int(rows["interviews"]))
    reached = agreement(many, clusters=groups)
    assert (reached.high - reached.low) / 2 == pytest.approx(0.1, rel=0.35)


def test_a_pilot_of_one_interview_has_a_reason():
    ratings, _ = clustered(np.random.default_rng(2), 1)
    result = double_coding_from_pilot(ratings, clusters=[0] * 15)
    assert result.not_estimable.code == "qualitative.reasons.no_interval"
    one_coder = double_coding_from_pilot(ratings[["ana"]], clusters=[0] * 15)
    assert one_coder.not_estimable.code == "qualitative.reasons.one_coder"


@pytest.mark.parametrize(
    "options",
    [
        {"expected_agreement": 1, "prevalence": 0.5},
        {"expected_agreement": 0.5, "prevalence": 0},
        {"expected_agreement": 0.5, "prevalence": 0.5, "half_width": 0},
        {"expected_agreement": 0.5, "prevalence": 0.5, "ci": 95},
        {"expected_agreement": 0.5, "prevalence": 0.5, "design_effect": 0.5},
    ],
)
def test_values_outside_their_range_are_errors(options):
    with pytest.raises(InputError):
        double_coding_size(**options)
