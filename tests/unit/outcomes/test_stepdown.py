"""Romano-Wolf."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.outcomes import adjust_pvalues, romano_wolf


def frame(people=60, correlation=0.0):
    random = np.random.default_rng(2)
    arm, common = np.arange(people) % 2, random.normal(size=people)
    columns = {
        f"y{i}": correlation * common + np.sqrt(1 - correlation**2) * random.normal(size=people) + 0.5 * arm
        for i in range(4)
    }
    return pd.DataFrame({"arm": arm, "site": np.arange(people) % 20, **columns})


NAMES = ["y0", "y1", "y2", "y3"]


def test_adjusting_never_lowers_and_keeps_the_order():
    table = romano_wolf(frame(), NAMES).estimates
    assert (table["p_adjusted"] >= table["p"]).all()
    order = table["statistic"].abs().sort_values(ascending=False).index
    assert table.loc[order, "p_adjusted"].is_monotonic_increasing


def test_outcomes_that_are_one_need_no_adjustment():
    same = frame().assign(y1=lambda rows: rows["y0"], y2=lambda rows: 2 * rows["y0"], y3=lambda rows: -rows["y0"])
    table = romano_wolf(same, NAMES).estimates
    assert table["p_adjusted"].tolist() == pytest.approx(table["p"].tolist())


def test_it_is_near_holm_for_outcomes_that_have_nothing_in_common():
    table = romano_wolf(frame(), NAMES, draws=1999).estimates
    holm = adjust_pvalues(table["p"])
    assert (table["p_adjusted"] <= holm + 0.03).all()


def test_few_clusters_are_counted_wholly_and_the_seed_rules_the_rest():
    few = romano_wolf(frame().assign(site=lambda rows: rows["site"] % 8), NAMES, clusters="site", seed=1).estimates
    again = romano_wolf(frame().assign(site=lambda rows: rows["site"] % 8), NAMES, clusters="site", seed=2).estimates
    assert few["p_adjusted"].tolist() == again["p_adjusted"].tolist()
    assert (few["p"] * 256 % 1 == 0).all()
    one, two = (romano_wolf(frame(), NAMES, draws=99, seed=5).estimates["p_adjusted"].tolist() for _ in range(2))
    assert one == two


def test_what_does_not_vary_gives_a_reason():
    assert romano_wolf(frame().assign(y0=1.0), NAMES).not_estimable.code == "outcomes.reasons.no_variation"
