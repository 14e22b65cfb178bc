"""Cluster-robust variances: agreement of the fast and the plain formulas, and what few clusters may not say."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from vises_methods.errors import InputError
from vises_methods.outcomes import ancova, cluster_robust
from vises_methods.outcomes.clusters import clustered_loadings


@pytest.fixture
def frame():
    random = np.random.default_rng(7)
    sites = np.repeat(np.arange(9), [3, 5, 2, 7, 4, 6, 3, 5, 4])
    x = random.normal(size=len(sites)) + sites % 2
    y = x + random.normal(size=9)[sites] + random.normal(size=len(sites))
    return pd.DataFrame({"y": y, "x": x, "site": sites, "w": random.uniform(0.5, 2, len(sites))})


def inverse_root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return vectors @ np.diag(values**-0.5) @ vectors.T


def test_cr2_and_its_degrees_of_freedom_equal_the_definition(frame):
    x = np.column_stack([np.ones(len(frame)), frame["x"]])
    bread = np.linalg.inv(x.T @ x)
    maker = np.eye(len(x)) - x @ bread @ x.T
    residuals = maker @ frame["y"].to_numpy()
    meat, vectors = np.zeros((2, 2)), []
    for site in range(9):
        rows = (frame["site"] == site).to_numpy()
        adjust = inverse_root(maker[np.ix_(rows, rows)])
        score = x[rows].T @ adjust @ residuals[rows]
        meat += np.outer(score, score)
        vectors.append(maker[:, rows] @ adjust @ x[rows] @ bread[:, 1])
    crossed = np.array([[one @ two for two in vectors] for one in vectors])
    found = cluster_robust(smf.ols("y ~ x", frame).fit(), frame["site"]).loc["x"]
    assert found["se"] == pytest.approx(np.sqrt((bread @ meat @ bread)[1, 1]))
    assert found["df"] == pytest.approx(np.trace(crossed) ** 2 / (crossed**2).sum())


def test_weights_of_one_change_nothing(frame):
    codes = frame["site"].to_numpy()
    design = np.column_stack([np.ones(len(frame)), frame["x"]])
    plain = clustered_loadings(design, codes)
    weighted = clustered_loadings(design, codes, weights=np.ones(len(frame)))
    np.testing.assert_allclose(plain.loadings, weighted.loadings)
    np.testing.assert_allclose(plain.degrees_of_freedom, weighted.degrees_of_freedom)


def test_several_outcomes_share_the_design(frame):
    design = np.column_stack([np.ones(len(frame)), frame["x"]])
    loaded = clustered_loadings(design, frame["site"].to_numpy())
    residuals = np.random.default_rng(1).normal(size=(len(frame), 3))
    together = loaded.standard_errors(residuals)
    assert together.shape == (2, 3)
    np.testing.assert_allclose(together[:, 1], loaded.standard_errors(residuals[:, 1]))


@pytest.mark.parametrize("kind", ["CR0", "CR1", "CR1S", "CR2", "CR3", "jackknife", "CRV1"])
def test_order_of_rows_and_names_of_clusters_do_not_matter(frame, kind):
    shuffled = frame.sample(frac=1, random_state=3)
    one = cluster_robust(smf.ols("y ~ x", frame).fit(), frame["site"], kind)
    two = cluster_robust(smf.ols("y ~ x", shuffled).fit(), shuffled["site"].map("site {}".format), kind)
    np.testing.assert_allclose(one.to_numpy(), two.to_numpy(), rtol=1e-9)


def test_errors_grow_from_cr0_to_cr3(frame):
    fitted = smf.ols("y ~ x", frame).fit()
    errors = [cluster_robust(fitted, frame["site"], kind).loc["x", "se"] for kind in ("CR0", "CR2", "CR3")]
    assert errors == sorted(errors)


def test_the_jackknife_leaves_each_cluster_out_in_turn(frame):
    """MacKinnon, Nielsen and Webb (2023): (J - 1) / J times the squared moves; CR3 is without the factor."""
    fitted = smf.ols("y ~ x", frame).fit()
    moves = np.array([smf.ols("y ~ x", frame[frame["site"] != site]).fit().params["x"] for site in range(9)])
    squares = ((moves - fitted.params["x"]) ** 2).sum()
    found = {kind: cluster_robust(fitted, frame["site"], kind).loc["x"] for kind in ("jackknife", "CR3", "CRV3")}
    assert found["jackknife"]["se"] ** 2 == pytest.approx(squares * 8 / 9)
    assert found["jackknife"]["df"] == 8
    assert found["CR3"]["se"] ** 2 == pytest.approx(squares)
    n = len(frame)
    assert found["CRV3"]["se"] ** 2 == pytest.approx(squares * 9 / 8 * (n - 1) / (n - 2))


@pytest.mark.parametrize("formula", ["y ~ x + C(site) + C(half)", "y ~ 0 + x + C(site) + C(half)"])
def test_crv1_counts_no_level_that_lies_within_a_cluster(frame, formula):
    """Fixest: of nine site effects within sites one is counted, of two halves across sites both."""
    halves = frame.assign(half=np.arange(len(frame)) % 2)
    fitted = smf.ols(formula, halves).fit()
    plain, theirs = (cluster_robust(fitted, frame["site"], kind, terms=["x"]).iloc[0] for kind in ("CR0", "CRV1"))
    n = len(frame)
    assert theirs["se"] ** 2 == pytest.approx(plain["se"] ** 2 * 9 / 8 * (n - 1) / (n - 3))
    arms = {"served": (frame["site"] % 2).to_numpy(), "half": halves["half"], "site": frame["site"], "y": frame["y"]}
    errors = [ancova(pd.DataFrame(arms), "y", "served", clusters="site", se=se, fixed_effects="half").se
              for se in ("CRV1", "stata")]  # fmt: skip
    assert errors[0] == pytest.approx(errors[1])


def test_no_p_value_under_four_degrees_of_freedom_unless_asked(frame):
    few = frame[frame["site"] < 3]
    fitted = smf.ols("y ~ x", few).fit()
    silent = cluster_robust(fitted, few["site"])
    assert silent["p"].isna().all()
    assert silent["low"].notna().all()
    assert cluster_robust(fitted, few["site"], minimum_df=0)["p"].notna().all()


def test_a_cluster_that_alone_knows_a_coefficient_gets_no_infinite_weight(frame):
    alone = frame.assign(only=(frame["site"] == 2).astype(float))
    found = cluster_robust(smf.ols("y ~ x + only", alone).fit(), alone["site"], terms=["x"])
    assert np.isfinite(found["se"].iloc[0])


@pytest.mark.parametrize(
    ("options", "word"),
    [({"kind": "CR9"}, "CR9"), ({"terms": ["z"]}, "z"), ({"level": 95}, "95")],
)
def test_a_wrong_option_is_named_with_what_is_allowed(frame, options, word):
    with pytest.raises(InputError, match=word):
        cluster_robust(smf.ols("y ~ x", frame).fit(), frame["site"], **options)


def test_one_cluster_is_an_error(frame):
    with pytest.raises(InputError, match="1 clusters"):
        cluster_robust(smf.ols("y ~ x", frame).fit(), np.zeros(len(frame)))
