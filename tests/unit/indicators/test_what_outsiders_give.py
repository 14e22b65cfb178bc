"""What is given by someone who knows only the names of the functions is taken, or refused in words."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.indicators import IndicatorTree, aggregate, ahp_weights, bod_scores, compose, normalise

TREE = IndicatorTree.from_frame(pd.DataFrame({"code": ["top", "a", "b"], "parent": [None, "top", "top"]}))
VALUES = pd.DataFrame({"a": [1, 2, 4], "b": [3.0, None, 1.0]}, index=["u", "v", "w"])


@pytest.mark.parametrize("given", [[[1, 3], [1 / 3, 1]], np.array([[1, 3], [1 / 3, 1]])], ids=["rows", "array"])
def test_judgements_without_names_are_numbered(given):
    named = ahp_weights(pd.DataFrame([[1, 3], [1 / 3, 1]], index=["1", "2"], columns=["1", "2"]))
    assert ahp_weights(given).to_json() == named.to_json()


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda: aggregate(VALUES, None), "aggregate(tree)"),
        (lambda: normalise(VALUES, VALUES), "normalise(tree)"),
        (lambda: bod_scores("values.csv"), "bod_scores(frame)"),
        (lambda: ahp_weights("judgements.csv"), "ahp_weights(judgements)[all]"),
        (lambda: ahp_weights([["more", "less"]]), "ahp_weights(judgements)[all]"),
    ],
)
def test_another_kind_of_thing_is_named(call, where):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(f"{where}: ")
    assert caught.value.problem.code == "wrong_type"


def test_a_composite_keeps_every_step():
    made = compose(VALUES, TREE, {"imputation": "mean", "normalisation": "minmax"})
    assert made.prepared["b"].tolist() == [3.0, 2.0, 1.0]
    assert made.normalised["b"].tolist() == [100.0, 50.0, 0.0]
    assert made.scores["top"].tolist() == pytest.approx([50.0, (100 / 3 + 50) / 2, 50.0])
    assert compose(VALUES, TREE, {"normalisation": "minmax"}).prepared["b"].isna().tolist() == [False, True, False]
