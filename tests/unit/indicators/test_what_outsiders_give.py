"""What is given by someone who knows only the names of the functions is taken, or refused in words."""

import warnings
from functools import partial
from typing import get_args

import numpy as np
import pandas as pd
import pytest

from vises_methods import indicators as public
from vises_methods.errors import InputError
from vises_methods.indicators import Cells, IndicatorTree, aggregate, ahp_weights, bod_scores, compose, normalise
from vises_methods.indicators.aggregation_methods import METHODS as AGGREGATIONS
from vises_methods.indicators.imputation import Imputation
from vises_methods.indicators.normalisation_methods import Normalisation
from vises_methods.results import Result

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


BASE = pd.DataFrame(
    np.random.default_rng(3).integers(1, 9, (8, 4)).astype(float), list("stuvwxyz"), columns=list("abcd")
)
NODES = {"code": ["top", *BASE], "parent": [None, *["top"] * 4], "min": [None, *[0] * 4], "max": [None, *[10] * 4]}
FOUR = IndicatorTree.from_frame(
    pd.DataFrame(
        {**NODES, "direction": [None, "higher", "lower", "higher", "higher"], "denominator": [None, "b", *[None] * 3]}
    )
)
GAPS = BASE.where(BASE != 3)
TAKEN = {
    "whole numbers": BASE.astype(int),
    "Int64": BASE.astype("Int64").mask(BASE == 3),
    "Float64": BASE.astype("Float64").mask(BASE == 3),
    "text": BASE.astype(int).astype(str),
    "categories": BASE.astype(int).astype("category"),
    "objects": BASE.astype(object).where(BASE != 3, None),
    "truth": BASE > 4,
    "gaps": GAPS,
    "a silent unit": BASE.drop(index="u").reindex(BASE.index),
    "a silent indicator": BASE.assign(a=np.nan),
    "nothing": BASE * np.nan,
    "one unit": BASE.loc[["u"]],
    "two units": BASE.loc[["u", "v"]],
    "one indicator": BASE[["a"]],
    "a constant": BASE.assign(a=5.0),
    "constants": BASE * 0 + 5,
    "zeros": BASE * 0,
    "below zero": BASE - 5,
    "numbered units": BASE.reset_index(drop=True),
    "a column of names": BASE.assign(name="Vire-Lune"),
    "large": BASE * 1e50,
    "small": BASE * 1e-50,
}
REFUSED = {
    "words": BASE.astype(object).where(BASE != 3, "many"),
    "decimal commas": BASE.map(lambda x: f"{x:.1f}".replace(".", ",")),
    "infinite": BASE.mask(BASE == 3, np.inf),
    "beyond numbers": BASE * 1e300,
    "dates": BASE.assign(a=pd.Timestamp("2024-01-01")),
    "a column twice": BASE.set_axis(list("aabb"), axis=1),
    "two levels": BASE.set_axis(pd.MultiIndex.from_product([["s", "t"], range(4)])),
    "a dict": BASE.to_dict(),
    "an array": BASE.to_numpy(),
    "a column": BASE["a"],
    "none": None,
}
NO_NAMES = {"no units": BASE.iloc[:0], "a unit twice": BASE.set_axis(["u"] * 8)}
WEIGHTS = {"users": {"a": 3}, "staff": {"b": 3}}
CHOICES = {"aggregation": ["arithmetic", "median"], "weights": [None, {"a": 3}]}
PLACES = {"order_weights": (1, 2)}
CALLS = {
    **{f"normalise {name}": partial(normalise, method=name) for name in get_args(Normalisation)},
    **{f"aggregate {name}": partial(aggregate, method=name, **PLACES) for name in AGGREGATIONS},
    **{
        f"impute {name}": partial(public.impute, method=name)
        for name in get_args(Imputation)
        if not name.startswith("group") and name not in ("last", "linear")
    },
    "compose": lambda data, tree: compose(data, tree, {"imputation": "mean", "treatment": {}, "denominate": True}),
    "treat": public.treat_outliers,
    "box-cox": partial(public.treat_outliers, then="boxcox", max_winsorised=0, skew=0.01, kurtosis=-9),
    "uncertainty": lambda data, tree: public.uncertainty(data, tree, None, CHOICES, draws=5),
    "sobol": lambda data, tree: public.sobol_sensitivity(data, tree, None, CHOICES, draws=8, resamples=20),
    "removal": public.removal,
    "perspectives": lambda data, tree: public.weight_perspectives(data, tree, None, WEIGHTS),
    "what if": lambda data, tree: public.what_if(data, tree, unit=str(_names(data)[0]), changes={"a": 7.0}),
    "change": lambda data, tree: public.decompose_change(data, data, tree),
    "frameworks": lambda data, tree: public.compare_frameworks(data, tree, tree),
    "profile": lambda data, tree: public.profile(data, tree, unit=_names(data)[0]),
    "importance": lambda data, tree: public.importance(compose(data, tree), tree),
    "quality": lambda data, tree: public.tree_quality(compose(data, tree), tree),
    "ranking": lambda data, tree: public.ranking(compose(data, tree), node="top"),
    "audit": public.audit,
}
FRAMES = {
    "entropy": public.entropy_weights,
    "critic": public.critic_weights,
    "components": public.pca_weights,
    "factors": partial(public.pca_weights, components=1, extraction="maximum_likelihood"),
    "doubt": bod_scores,
    "alpha": public.cronbach_alpha,
    "alpha of one scale": partial(public.cronbach_alpha, standardised=False),
    "tuned": public.tuned_weights,
    "budgets": public.budget_weights,
}


MAY_REFUSE = {
    **dict.fromkeys(FRAMES, ("a column of names",)),
    "compose": ("one indicator", "below zero"),
    "doubt": ("a column of names", "below zero"),
    "budgets": ("a column of names", "below zero", "zeros", "truth", "nothing", "a silent indicator"),
}
FEW = ("Int64", "text", "nothing", "one unit", "a constant", "below zero", "numbered units")
QUICK = ("normalise", "aggregate", "impute", "profile", *FRAMES)


def _names(data):
    return data.index if isinstance(data, pd.DataFrame) and len(data) else ["u"]


@pytest.mark.parametrize("name", [*CALLS, *FRAMES])
def test_natural_data_give_numbers_or_reasons(name):
    """No empty estimate without its reason, no infinite one, no warning."""
    for given, data in TAKEN.items():
        if given in MAY_REFUSE.get(name, ()) or (given not in FEW and not name.startswith(QUICK)):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = CALLS[name](data, FOUR) if name in CALLS else FRAMES[name](data)
        assert isinstance(result, Result)
        estimates = pd.to_numeric(result.estimates["estimate"])
        assert not np.isinf(estimates).any(), given
        if result.not_estimable is None:
            assert result.estimates.loc[estimates.isna(), "reason"].notna().all(), given
        assert result._repr_html_()


@pytest.mark.parametrize("name", [*CALLS, *FRAMES])
def test_what_cannot_be_read_is_refused_in_words(name):
    for given, data in (REFUSED if name in FRAMES and name not in ("doubt", "budgets") else REFUSED | NO_NAMES).items():
        with pytest.raises(InputError) as caught:
            CALLS[name](data, FOUR) if name in CALLS else FRAMES[name](data)
        assert all(caught.value.message(lang) for lang in ("fr", "nl", "en")), given


@pytest.mark.parametrize("name", MAY_REFUSE)
def test_data_that_a_method_cannot_use_are_refused_in_words(name):
    for given in MAY_REFUSE[name]:
        with pytest.raises(InputError) as caught:
            CALLS[name](TAKEN[given], FOUR) if name in CALLS else FRAMES[name](TAKEN[given])
        assert all(caught.value.message(lang) for lang in ("fr", "nl", "en")), given


MATRIX = pd.DataFrame([[1, 2], [0.5, 1]], index=["a", "b"], columns=["a", "b"])
JUDGED = {"person": ["Ana"], "first": ["a"], "second": ["b"]}


@pytest.mark.parametrize(
    "call",
    [
        lambda: aggregate(BASE, FOUR, weights={"a": "3"}),
        lambda: aggregate(BASE, FOUR, weights=[1, 2, 3, 4]),
        lambda: aggregate(BASE, FOUR, min_coverage="half"),
        lambda: aggregate(BASE, FOUR, limits="all"),
        lambda: aggregate(BASE, FOUR, method="choquet", capacities={"other": {"a": 1}}),
        lambda: normalise(BASE, FOUR, method="reference", form="other"),
        lambda: normalise(BASE, FOUR, method="categorical", steps=()),
        lambda: bod_scores(BASE, shares=0.2),
        lambda: public.pca_weights(BASE, rotation="promax"),
        lambda: public.pca_weights(BASE, components=True),
        lambda: public.uncertainty(BASE, FOUR, None, CHOICES, draws=10.5),
        lambda: public.effective_weights(BASE),
        lambda: public.ranking(BASE, node="top"),
        lambda: public.tree_quality(BASE, FOUR),
        lambda: public.importance(BASE, FOUR),
        lambda: public.capacity_indices("a"),
        lambda: public.capacity_indices({}),
        lambda: public.weight_perspectives(BASE, FOUR, None, [{"a": 1}, {"b": 1}]),
        lambda: public.budget_weights(BASE, groups=["users"] * 8),
        lambda: public.budget_weights(BASE.assign(a=np.nan)),
        lambda: public.budget_weights(BASE.set_axis(["u"] * 8)),
        lambda: ahp_weights({"Ana": MATRIX, "Bo": MATRIX.rename(index={"b": "c"}, columns={"b": "c"})}),
        lambda: public.pairwise_matrices(pd.DataFrame({**JUDGED, "judgement": ["much more"]})),
        lambda: public.pairwise_matrices(None),
        lambda: public.impute(GAPS, FOUR, method="last", past=BASE, year=2024),
        lambda: public.profile(BASE, FOUR, unit="u", targets={"a": 3}),
        lambda: public.profile(BASE, FOUR, unit="u", past=BASE),
        lambda: public.what_if(BASE, FOUR, unit="u", changes={"a": "more"}),
        lambda: public.audit(BASE, FOUR, thresholds={"alpha": 0.7}),
        lambda: Cells.from_long(None),
        lambda: IndicatorTree.from_frame(None),
    ],
)
def test_an_option_of_another_kind_is_refused_in_words(call):
    with pytest.raises(InputError) as caught:
        call()
    assert all(caught.value.message(lang) for lang in ("fr", "nl", "en"))


@pytest.mark.parametrize("call", [*CALLS.values(), bod_scores], ids=[*CALLS, "doubt"])
def test_a_unit_without_name_is_pointed_out(call):
    data = BASE.set_axis(["u", None, *"vwxyz", "s"])
    with pytest.raises(InputError, match="row 2 without a name"):
        call(data, *(() if call is bod_scores else (FOUR,)))


def test_weights_need_not_add_up():
    """What counts is their proportion, in a mapping or a column."""
    first = aggregate(BASE, FOUR, weights={"a": 3, "b": 1, "c": 0.5, "d": 0}).details["scores"]
    second = aggregate(BASE, FOUR, weights=pd.Series({"a": 60.0, "b": 20, "c": 10, "d": 0})).details["scores"]
    pd.testing.assert_frame_equal(first, second)
    by_hand = BASE @ pd.Series({"a": 3, "b": 1, "c": 0.5, "d": 0}) / 4.5
    np.testing.assert_allclose(first["top"], by_hand)
