"""Pooling dependent effects."""

import numpy as np
import pytest

from vises_methods.errors import InputError
from vises_methods.outcomes import pool, pool_multilevel

RANDOM = np.random.default_rng(12)
V = RANDOM.uniform(0.02, 0.1, 15)
Y = np.repeat(RANDOM.normal(0.3, 0.3, 5), 3) + RANDOM.normal(0, np.sqrt(V))
SITE = np.repeat(list("abcde"), 3)


def test_one_effect_per_cluster_is_ordinary_pooling():
    plain, levels = pool(Y, V), pool_multilevel(Y, V, np.arange(15))
    assert levels.value == pytest.approx(plain.value, abs=1e-6)
    assert levels.sigma2 == pytest.approx((plain.tau2,), abs=1e-6)
    assert pytest.approx(plain.Q) == levels.Q


def test_correlated_errors_carry_less_information():
    errors = [pool_multilevel(np.full(15, 0.3), V, SITE, rho=rho).se for rho in (0.0, 0.9)]
    assert errors[1] > errors[0]


def test_the_robust_row_has_degrees_of_freedom_of_clusters():
    row = pool_multilevel(Y, V, SITE, rho=0.6).estimates.iloc[1]
    assert row["clusters"] == 5
    assert row["df"] < 5


def test_the_order_of_rows_does_not_matter():
    order = RANDOM.permutation(15)
    one, two = pool_multilevel(Y, V, SITE), pool_multilevel(Y[order], V[order], SITE[order])
    assert one.value == pytest.approx(two.value, abs=1e-7)


def test_one_cluster_gives_a_reason():
    assert pool_multilevel(Y, V, ["a"] * 15).not_estimable.code == "outcomes.reasons.few_enterprises"


@pytest.mark.parametrize("arguments", [{"rho": 1.5}, {"grades": [1, 2] * 7 + [1]}, {"inner": [1, 2]}])
def test_what_is_not_allowed_is_refused(arguments):
    with pytest.raises(InputError):
        pool_multilevel(Y, V, SITE, **arguments)
