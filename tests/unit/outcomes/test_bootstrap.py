"""The wild cluster bootstrap beside a plain loop."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import wild_bootstrap
from vises_methods.outcomes.bootstrap import WEIGHTS
from vises_methods.outcomes.clusters import clustered_loadings


@pytest.fixture
def frame():
    random = np.random.default_rng(9)
    site = np.repeat(np.arange(7), 5)
    served = (site % 2).astype(float)
    y = served + random.normal(size=7)[site] + random.normal(size=35)
    return pd.DataFrame({"y": y, "served": served, "age": random.normal(size=35), "site": site})


@pytest.mark.parametrize("variant", ["11", "13", "31", "33"])
@pytest.mark.parametrize("impose_null", [True, False])
def test_every_draw_equals_a_regression_of_its_own(frame, impose_null, variant):
    x = np.column_stack([np.ones(35), frame["served"], frame["age"]])
    y, site = frame["y"].to_numpy(), frame["site"].to_numpy()

    kind = "jackknife" if variant.endswith("3") else "CR1S"
    loaded = clustered_loadings(x, site, kind=kind, columns=[1])

    def t(response, centre):
        coefficients = np.linalg.lstsq(x, response, rcond=None)[0]
        return (coefficients[1] - centre) / loaded.standard_errors(response - x @ coefficients)[0]

    kept = x[:, [0, 2]] if impose_null else x
    fit = kept @ np.linalg.lstsq(kept, y, rcond=None)[0]
    centre = 0.0 if impose_null else np.linalg.lstsq(x, y, rcond=None)[0][1]
    turned = y - fit
    if variant.startswith("3"):
        for one in range(7):
            others = site != one
            turned[~others] = (y - kept @ np.linalg.lstsq(kept[others], y[others], rcond=None)[0])[~others]
    signs = 1 - 2.0 * ((np.arange(2**7)[:, None] >> np.arange(7)) & 1)
    drawn = np.array([t(fit + turned * row[site], centre) for row in signs])
    expected = (np.abs(drawn) >= abs(t(y, 0.0)) * (1 - 1e-10)).mean()
    found = wild_bootstrap(frame, "y ~ served + age", "served", "site", impose_null=impose_null, variant=variant)
    assert found.estimates["p"].iloc[0] == pytest.approx(expected)


def test_the_interval_holds_what_the_test_does_not_reject(frame):
    row = wild_bootstrap(frame, "y ~ served", "served", "site").estimates.iloc[0]
    inside, outside = row["high"] - 1e-3, row["high"] + 1e-3
    p = [
        wild_bootstrap(frame.assign(y=frame["y"] - value * frame["served"]), "y ~ served", "served", "site")
        .estimates["p"]
        .iloc[0]
        for value in (inside, outside)
    ]
    assert p[0] > 0.05 >= p[1]


def test_few_clusters_are_all_counted_and_it_is_said(frame):
    result = wild_bootstrap(frame, "y ~ served", "served", "site")
    assert (result.details["draws"]["draws"].iloc[0], result.notices[0].code) == (
        128,
        "outcomes.notices.all_draws_counted",
    )
    drawn = wild_bootstrap(frame, "y ~ served", "served", "site", draws=99)
    assert drawn.notices[0].code == "outcomes.notices.draws_taken"


@pytest.mark.parametrize("weights", WEIGHTS)
def test_the_seed_makes_the_draws(frame, weights):
    p = [
        wild_bootstrap(frame, "y ~ served", "served", "site", 99, weights, seed=seed).estimates["p"].iloc[0]
        for seed in (0, 0)
    ]
    assert p[0] == p[1]


def test_rows_without_a_value_are_left_out_and_counted(frame):
    frame.loc[0, "y"] = np.nan
    assert wild_bootstrap(frame, "y ~ served", "served", "site").estimates["n"].iloc[0] == 34


def test_what_cannot_be_tested_says_why(frame):
    one = wild_bootstrap(frame.assign(site=1), "y ~ served", "served", "site")
    assert one.not_estimable.code == "outcomes.reasons.one_cluster"
    same = wild_bootstrap(frame.assign(y=1.0), "y ~ served", "served", "site")
    assert same.not_estimable.code == "outcomes.reasons.no_variation"


@pytest.mark.parametrize(
    "options", [{"term": "x"}, {"formula": "y ~ nowhere"}, {"weights": "coin"}, {"variant": "21"}, {"clusters": "town"}]
)
def test_what_is_not_known_is_refused(frame, options):
    with pytest.raises(InputError):
        wild_bootstrap(frame, **{"formula": "y ~ served", "term": "served", "clusters": "site", **options})


def test_several_outcomes_share_the_draws_and_each_is_as_alone():
    random = np.random.default_rng(4)
    frame = pd.DataFrame({"y": random.normal(size=60), "z": random.normal(size=60), "x": np.repeat([0, 1] * 6, 5),
                          "site": np.repeat(np.arange(12), 5)})  # fmt: skip
    both = wild_bootstrap(frame, "y + z ~ x", "x", "site").estimates.set_index("subject")
    for name in ("y", "z"):
        alone = wild_bootstrap(frame, f"{name} ~ x", "x", "site").estimates.iloc[0]
        columns = ["estimate", "se", "p", "low", "high"]
        assert both.loc[name, columns].tolist() == alone[columns].tolist()
