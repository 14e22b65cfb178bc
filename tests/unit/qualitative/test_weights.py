import numpy as np
import pytest

from vises_methods.qualitative.weights import WEIGHT_NAMES, agreement_weights, metric


@pytest.mark.parametrize("name", WEIGHT_NAMES)
def test_weights_are_symmetric_with_ones_on_the_diagonal(name):
    weights = agreement_weights([1, 2, 4, 7], name)
    assert np.diag(weights).tolist() == [1, 1, 1, 1]
    assert np.allclose(weights, weights.T)
    assert weights.min() == pytest.approx(0)


def test_gwets_ordinal_weights_are_not_krippendorffs_ordinal_metric():
    frequencies = np.array([10.0, 1.0, 1.0])
    gwet = 1 - agreement_weights([1, 2, 3], "ordinal")
    krippendorff = metric("ordinal", [1, 2, 3], frequencies)
    assert gwet[0, 1] == pytest.approx(1 / 3)
    assert krippendorff[0, 1] == pytest.approx((5.5 / 6.5) ** 2)


def test_words_are_ranked_and_given_the_same_weights_as_ranks():
    assert np.allclose(agreement_weights(["a", "b", "c"], "linear"), agreement_weights([1, 2, 3], "linear"))


def test_zero_against_zero_is_no_difference_of_ratio():
    assert metric("ratio", [0, 5], np.ones(2)).tolist() == [[0, 1], [1, 0]]
