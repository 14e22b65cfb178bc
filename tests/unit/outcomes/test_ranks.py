"""Rank, sign and permutation tests."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes import cluster_permutation, sign_flip, signed_rank
from vises_methods.outcomes.walsh import how_many, ordered_averages


def test_the_exact_test_equals_scipy_without_ties():
    random = np.random.default_rng(2)
    before, after = random.normal(size=14), random.normal(0.6, 1, 14)
    expected = stats.wilcoxon(after, before, method="exact")
    assert signed_rank(before, after).estimates["p"].iloc[0] == pytest.approx(expected.pvalue)


def test_ties_and_zeros_are_counted_by_enumeration():
    change = np.array([1, 1, 2, -1, 0, 3, 3, -2.0])
    ranks = stats.rankdata(np.abs(change))[change != 0]
    observed = ranks[change[change != 0] > 0].sum()
    sums = np.array([np.dot(signs, ranks) for signs in product([0, 1], repeat=len(ranks))])
    expected = (np.abs(sums - ranks.sum() / 2) >= abs(observed - ranks.sum() / 2) - 1e-9).mean()
    found = signed_rank(np.zeros(8), change, zeros="pratt")
    assert found.estimates["p"].iloc[0] == pytest.approx(expected)


def test_pseudomedian_is_the_median_of_averages_of_two():
    change = [1.0, 2.0, 4.0, 8.0]
    averages = [(one + two) / 2 for i, one in enumerate(change) for two in change[i:]]
    assert signed_rank([0] * 4, change).value == np.median(averages)


@pytest.mark.parametrize("function", [signed_rank, sign_flip])
def test_nobody_changed(function):
    result = function([1, 2, 3], [1, 2, 3])
    assert result.not_estimable.code == "outcomes.reasons.no_variation"


def test_sites_flip_together():
    before, after = np.zeros(8), np.array([1, 1, 1, 1, 1, 1, 1, 1.0])
    alone = sign_flip(before, after).estimates["p"].iloc[0]
    paired = sign_flip(before, after, clusters=[1, 1, 2, 2, 3, 3, 4, 4])
    assert (alone, paired.estimates["p"].iloc[0]) == (2 / 2**8, 2 / 2**4)
    assert paired.details["test"]["all_counted"].iloc[0]


def test_many_people_are_drawn_and_the_same_seed_draws_the_same():
    random = np.random.default_rng(4)
    before, after = random.normal(size=40), random.normal(0.1, 1, 40)
    first, again, other = (sign_flip(before, after, draws=499, seed=seed) for seed in (0, 0, 1))
    assert first.estimates["p"].iloc[0] == again.estimates["p"].iloc[0] != other.estimates["p"].iloc[0]
    assert not first.details["test"]["all_counted"].iloc[0]


def test_clusters_are_weighed_equally():
    result = cluster_permutation([1, 1, 1, 9, 2, 4], [1, 1, 1, 1, 0, 0], ["a", "a", "a", "b", "c", "d"])
    assert result.value == (1 + 9) / 2 - 3
    assert result.details["test"]["ways"].iloc[0] == 6


def test_a_cluster_of_both_kinds_is_an_error():
    with pytest.raises(InputError, match="cluster a"):
        cluster_permutation([1, 2, 3], [1, 0, 0], ["a", "a", "b"])


def test_only_served_clusters_give_a_reason():
    assert cluster_permutation([1, 2], [1, 1], ["a", "b"]).not_estimable.code == "outcomes.reasons.one_arm"


def test_the_averages_of_many_people_are_those_that_are_written_out(monkeypatch):
    change = np.round(np.random.default_rng(1).normal(size=150), 2)
    places = [0, 3000, 5662, 5663, how_many(150) - 1]
    written = ordered_averages(change, places)
    monkeypatch.setattr("vises_methods.outcomes.walsh._WRITTEN_OUT", 10)
    np.testing.assert_allclose(ordered_averages(change, places), written, rtol=1e-12)


def test_many_people_need_no_more_memory_than_they_are():
    random = np.random.default_rng(2)
    before = random.normal(size=20_000)
    after = before + random.normal(0.3, 1, 20_000)
    row = signed_rank(before, after).estimates.iloc[0]
    assert row["low"] < row["estimate"] < row["high"]
    assert row["estimate"] == pytest.approx(0.3, abs=0.03)
    assert sign_flip(before, after, draws=9).estimates["p"].iloc[0] == pytest.approx(0.1)


def test_beyond_some_hundreds_the_normal_p_is_the_exact_one():
    random = np.random.default_rng(3)
    counted = signed_rank(np.zeros(400), random.normal(0.1, 1, 400))
    assert counted.estimates["p"].iloc[0] == pytest.approx(counted.details["test"]["p_normal"].iloc[0], abs=2e-4)
    more = signed_rank(np.zeros(401), random.normal(0.1, 1, 401))
    assert more.estimates["p"].iloc[0] == pytest.approx(more.details["test"]["p_normal"].iloc[0], rel=1e-9)
