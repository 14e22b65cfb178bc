"""Westfall and Young."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.outcomes import adjust_pvalues, cluster_permutation, westfall_young


def frame(clusters=8):
    random = np.random.default_rng(5)
    site = np.repeat(np.arange(clusters), 4)
    table = pd.DataFrame({"site": site, "arm": (site % 2 == 0).astype(int)})
    for name, effect in (("a", 3.0), ("b", 0.5), ("c", 0.0)):
        table[name] = random.normal(size=len(site)) + effect * table["arm"]
    return table


def test_own_p_values_are_those_of_the_permutation_test_of_equal_clusters():
    rows = westfall_young(frame(), ["a", "b", "c"], clusters="site").estimates
    for _, row in rows.iterrows():
        alone = cluster_permutation(frame()[row["subject"]], frame()["arm"], frame()["site"])
        assert row["p"] == pytest.approx(alone.estimates["p"].iloc[0])


def test_adjusted_values_lie_between_their_own_and_holms():
    rows = westfall_young(frame(12), ["a", "b", "c"], clusters="site", draws=1999).estimates
    assert (rows["p_adjusted"] >= rows["p"]).all()
    assert (rows["p_adjusted"] <= adjust_pvalues(rows["p"], "holm") + 0.02).all()


def test_outcomes_that_are_one_need_no_adjustment():
    same = frame().assign(b=lambda rows: rows["a"], c=lambda rows: -2 * rows["a"])
    rows = westfall_young(same, ["a", "b", "c"], clusters="site").estimates
    assert rows["p_adjusted"].tolist() == pytest.approx(rows["p"].tolist())


def test_one_arm_has_a_reason():
    assert westfall_young(frame().assign(arm=1), ["a"]).not_estimable.code == "outcomes.reasons.few_people"
