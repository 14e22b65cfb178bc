from itertools import product

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import gamma_agreement
from vises_methods.qualitative.alignment import ABSENT, Dissimilarity, Units, best_alignment

COLUMNS = ["coder", "start", "end", "value"]
MARKS = pd.DataFrame(
    [("a", 0, 6, "x"), ("a", 8, 12, "y"), ("b", 1, 6, "x"), ("b", 20, 25, "y"), ("c", 7, 12, "x")], columns=COLUMNS
)


def random_units(draws, count):
    starts = draws.uniform(0, 20, count)
    return Units(starts, starts + draws.uniform(1, 6, count), draws.integers(0, 2, count))


def least_disorder(coders, measure):
    """Try every partition of the units into unitary alignments: only for very few units."""
    tables = {
        (i, j): measure.between(coders[i], coders[j]) for i in range(len(coders)) for j in range(i + 1, len(coders))
    }
    choices = [range(ABSENT, len(coder)) for coder in coders]
    alignments = [units for units in product(*choices) if max(units) > ABSENT]

    def cost(units):
        pairs = [
            measure.empty if ABSENT in (units[i], units[j]) else table[units[i], units[j]]
            for (i, j), table in tables.items()
        ]
        return sum(pairs) / len(pairs)

    def best(left):
        if not left:
            return 0.0
        first = min(left)
        held = [a for a in alignments if a[first[0]] == first[1]]
        totals = []
        for alignment in held:
            own = {(coder, unit) for coder, unit in enumerate(alignment) if unit != ABSENT}
            if own <= left:
                totals.append(cost(alignment) + best(left - own))
        return min(totals)

    everything = frozenset((coder, unit) for coder, units in enumerate(coders) for unit in range(len(units)))
    return best(everything) / (len(everything) / len(coders))


@pytest.mark.parametrize("seed", range(6))
def test_the_alignment_is_the_best_of_all(seed):
    draws = np.random.default_rng(seed)
    coders = [random_units(draws, count) for count in ((3, 2, 3) if seed % 2 else (4, 3))]
    measure = Dissimilarity(alpha=1 + seed % 3, beta=1)
    found = best_alignment(coders, measure)
    assert found.disorder(coders) == pytest.approx(least_disorder(coders, measure))
    for i, coder in enumerate(coders):
        placed = found.units[:, i]
        assert sorted(placed[placed != ABSENT]) == list(range(len(coder)))


def test_equal_coders_agree_wholly():
    same = pd.concat([MARKS.query("coder == 'a'").assign(coder=coder) for coder in "abc"])
    result = gamma_agreement(same, samples=20)
    assert result.value == 1
    assert result.estimates["coverage"].iloc[0] == 1


def test_the_interval_narrows_with_the_samples_and_the_seed_decides():
    few, many = (gamma_agreement(MARKS, samples=samples) for samples in (15, 120))
    assert many.high - many.low < few.high - few.low
    assert gamma_agreement(MARKS, samples=15).value == few.value
    assert gamma_agreement(MARKS, samples=15, seed=1).value != few.value


def test_evidence_is_the_alignment_by_place():
    evidence = gamma_agreement(MARKS, samples=5).details["evidence"]
    assert len(evidence) == len(MARKS)
    first = evidence[evidence["reference"] == "continuum:0-6"]["alignment"].iloc[0]
    assert set(evidence[evidence["alignment"] == first]["reference"]) == {"continuum:0-6", "continuum:1-6"}


def test_units_may_overlap():
    overlapping = pd.concat([MARKS, pd.DataFrame([("a", 2, 9, "y"), ("b", 2, 9, "y")], columns=COLUMNS)])
    assert gamma_agreement(overlapping, samples=5).value is not None


def test_one_coder_or_none_has_a_reason():
    assert gamma_agreement(MARKS.query("coder == 'a'")).not_estimable.code == "qualitative.reasons.one_coder"
    assert gamma_agreement(MARKS.iloc[:0]).not_estimable.code == "qualitative.reasons.one_coder"


def test_three_coders_with_three_hundred_units_take_no_minutes():
    draws = np.random.default_rng(0)
    places = np.cumsum(draws.integers(20, 60, 300)).astype(float)
    coders = []
    for _ in range(3):
        starts = places + draws.integers(-8, 9, 300)
        coders.append(Units(starts, starts + draws.integers(8, 25, 300), draws.integers(0, 5, 300)))
    found = best_alignment(coders, Dissimilarity())
    assert (found.units != ABSENT).sum() == 900


@pytest.mark.parametrize("options", [{"alpha": -1}, {"samples": 0}, {"empty": 0}])
def test_weights_that_make_no_sense_are_errors(options):
    with pytest.raises(InputError):
        gamma_agreement(MARKS, **options)


def test_several_documents_are_measured_one_by_one():
    with pytest.raises(InputError):
        gamma_agreement(MARKS.assign(document=["d", "d", "e", "e", "e"]))
