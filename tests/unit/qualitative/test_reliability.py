import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import agreement
from vises_methods.results import Result, frame_to_json

RARE = pd.DataFrame({"ana": [1] * 2 + [0] * 98, "ben": [1] + [0] * 98 + [1]})


def clustered(seed, clusters=30, size=12):
    """Ratings of two coders whose agreement differs from interview to interview, and the interview of each unit."""
    draws = np.random.default_rng(seed)
    accuracy = np.repeat(draws.choice([0.5, 1.0], size=clusters), size)
    truth = draws.integers(0, 2, clusters * size)
    ben = np.where(draws.random(clusters * size) < accuracy, truth, 1 - truth)
    return pd.DataFrame({"ana": truth, "ben": ben}), np.repeat(np.arange(clusters), size)


def test_every_argument_is_recorded():
    options = agreement(RARE, coefficient="cohen_kappa", seed=4).options
    assert options["coefficient"] == ["cohen_kappa"]
    assert options["seed"] == 4
    assert options["interval"] == "analytic"
    assert options["ci"] == 0.95


def test_the_result_can_be_read_back():
    result = agreement(RARE, coefficient=["percent", "gwet_ac1"], clusters=np.repeat(np.arange(10), 10), resamples=50)
    again = Result.from_json(result.to_json())
    assert again.value == pytest.approx(result.value)
    assert again.to_json() == result.to_json()


def test_the_input_is_left_as_it_was():
    before = frame_to_json(RARE)
    agreement(RARE)
    assert frame_to_json(RARE) == before


def test_prevalence_and_bias_stand_beside_the_coefficient():
    ratings = pd.DataFrame({"ana": [1, 1, 1, 0], "ben": [1, 0, 0, 0]})
    prevalence = agreement(ratings).details["prevalence"].set_index(["category", "coder"])
    assert prevalence.loc[("1", "ana"), "share"] == 0.75
    assert prevalence.loc[("1", "ben"), "bias"] == -0.25


def test_one_coder_has_a_reason_and_no_number():
    result = agreement(pd.DataFrame({"ana": [1, 0, 1], "ben": [None, None, None]}))
    assert result.value is None
    assert result.not_estimable.code == "qualitative.reasons.one_coder"


def test_coders_who_never_met_have_a_reason():
    result = agreement(pd.DataFrame({"ana": [1, 0, None, None], "ben": [None, None, 0, 1]}))
    assert result.not_estimable.code == "qualitative.reasons.no_pairs"
    assert result.estimates["coverage"].iloc[0] == 0


def test_cohen_with_three_coders_has_a_reason():
    ratings = pd.DataFrame({"a": [1, 0, 1], "b": [1, 0, 0], "c": [1, 1, 0]})
    for coefficient in ("cohen_kappa", "scott_pi"):
        assert agreement(ratings, coefficient=coefficient).not_estimable.code == "qualitative.reasons.two_coders_only"


def test_one_code_in_the_pairs_is_no_variation_though_an_unpaired_unit_has_another():
    ratings = pd.DataFrame({"a": [1, 1, 2], "b": [1, 1, None]})
    assert agreement(ratings).not_estimable.code == "qualitative.reasons.no_variation"
    assert agreement(ratings, coefficient="cohen_kappa").not_estimable.code == "qualitative.reasons.no_variation"


def test_ac1_counts_the_categories_that_could_have_been_used():
    two = agreement(RARE, coefficient="gwet_ac1").value
    three = agreement(RARE, coefficient="gwet_ac1", categories=[0, 1, 2]).value
    assert three > two


def test_kappa_comes_from_counts_and_not_from_rounded_percentages():
    ratings = pd.DataFrame({"ana": [1] * 40 + [0] * 2921, "ben": [1] * 31 + [0] * 2917 + [1] * 13})
    observed, expected = (31 + 2908) / 2961, (40 * 44 + 2921 * 2917) / 2961**2
    rounded = (round(observed, 2) - round(expected, 2)) / (1 - round(expected, 2))
    kappa = agreement(ratings, coefficient="cohen_kappa").value
    assert kappa == pytest.approx((observed - expected) / (1 - expected), abs=1e-12)
    assert abs(kappa - rounded) > 0.05


def test_scott_equals_fleiss_for_two_coders():
    assert agreement(RARE, coefficient="scott_pi").value == pytest.approx(
        agreement(RARE, coefficient="fleiss_kappa").value
    )


def test_categories_of_any_hashable_kind():
    sets = pd.DataFrame(
        {"a": [frozenset("xy"), frozenset(), frozenset("x")], "b": [frozenset("xy"), frozenset(), None]}
    )
    assert agreement(sets).value == 1
    words = pd.DataFrame({"a": ["non", "oui", "oui"], "b": ["non", "oui", "non"]})
    numbers = words.replace({"non": 0, "oui": 1})
    assert agreement(words).value == pytest.approx(agreement(numbers.astype(float)).value)


def test_texts_that_are_numbers_keep_their_numeric_order():
    numbers = pd.DataFrame({"a": [2, 10, 3, 9], "b": [3, 10, 2, 10]})
    assert agreement(numbers.astype(str), level="interval").value == pytest.approx(
        agreement(numbers, level="interval").value
    )


def test_ordered_categories_keep_their_order():
    order = ["low", "middle", "high"]
    words = pd.DataFrame({"a": ["low", "middle", "high", "low"], "b": ["middle", "middle", "high", "low"]})
    ranks = words.apply(lambda column: column.map({word: i for i, word in enumerate(order)}))
    typed = words.astype(pd.CategoricalDtype(order, ordered=True))
    expected = agreement(ranks, coefficient="gwet_ac2", weights="quadratic").value
    assert agreement(typed, coefficient="gwet_ac2", weights="quadratic").value == pytest.approx(expected)
    assert agreement(words, coefficient="gwet_ac2", weights="quadratic", categories=order).value == pytest.approx(
        expected
    )


def test_many_coders_do_not_overflow_the_pattern_key():
    draws = np.random.default_rng(3)
    ratings = pd.DataFrame(draws.integers(0, 60, (40, 20)))
    ratings[20] = ratings[0]
    by_pairs = [(ratings.iloc[:, i] == ratings.iloc[:, j]).mean() for i in range(21) for j in range(i + 1, 21)]
    assert agreement(ratings, coefficient="percent").value == pytest.approx(np.mean(by_pairs))


def test_the_cluster_bootstrap_is_wider_where_interviews_differ():
    ratings, interviews = clustered(1)
    by_unit = agreement(ratings, interval="bootstrap")
    by_interview = agreement(ratings, clusters=interviews)
    assert by_interview.se > 1.5 * by_unit.se
    assert by_unit.se == pytest.approx(agreement(ratings).se, rel=0.15)


def test_the_same_seed_gives_the_same_interval_and_zero_is_a_seed():
    ratings, interviews = clustered(2)
    first, again, other = (agreement(ratings, clusters=interviews, seed=seed) for seed in (0, 0, 1))
    assert (first.low, first.high) == (again.low, again.high)
    assert first.low != other.low


def test_one_cluster_gives_no_interval_and_says_so():
    ratings, _ = clustered(3, clusters=1, size=40)
    result = agreement(ratings, clusters=np.zeros(40))
    assert result.value is not None
    assert result.low is None
    assert "qualitative.notices.few_clusters" in [notice.code for notice in result.notices]


def test_differences_between_coefficients_share_the_resamples():
    ratings, interviews = clustered(4)
    result = agreement(ratings, coefficient=["fleiss_kappa", "gwet_ac1"], clusters=interviews)
    (row,) = result.details["differences"].to_dict("records")
    fleiss, ac1 = result.estimates["estimate"]
    assert row["difference"] == pytest.approx(fleiss - ac1)
    assert row["high"] - row["low"] < result.high - result.low


def test_disagreements_are_listed_by_their_place_and_touching_units_are_joined():
    index = pd.MultiIndex.from_tuples(
        [("d", 0, 0, 1), ("d", 1, 1, 2), ("d", 2, 2, 3), ("e", 0, 0, 1)], names=["document", "unit", "start", "end"]
    )
    ratings = pd.DataFrame({"ana": [1, 1, 0, 1], "ben": [0, 0, 0, 0]}, index=index)
    evidence = agreement(ratings).details["evidence"]
    assert evidence["reference"].tolist() == ["d:0-2", "e:0-1"]
    assert evidence["ana"].tolist() == ["1", "1"]


def test_clusters_by_the_name_of_an_index_level():
    ratings, interviews = clustered(5)
    named = ratings.set_index(pd.Index(interviews, name="document"))
    assert agreement(named, clusters="document").low == agreement(ratings, clusters=interviews).low


@pytest.mark.parametrize(
    "options",
    [
        {"coefficient": "kappa"},
        {"level": "interval", "weights": "linear"},
        {"coefficient": "gwet_ac1", "weights": "linear"},
        {"coefficient": "fleiss_kappa", "level": "ordinal"},
        {"weights": "cubic"},
        {"ci": 95},
        {"resamples": 0},
        {"clusters": [1, 2]},
        {"clusters": "document"},
        {"categories": [0, 2]},
    ],
)
def test_a_wrong_option_is_an_error_in_three_languages(options):
    with pytest.raises(InputError) as caught:
        agreement(RARE, **options)
    assert all(caught.value.message(lang) for lang in ("fr", "nl", "en"))


def test_words_have_no_intervals():
    with pytest.raises(InputError):
        agreement(pd.DataFrame({"a": ["x", "y"], "b": ["x", "x"]}), level="interval")


def test_cells_that_cannot_be_categories_are_an_error():
    with pytest.raises(InputError):
        agreement(pd.DataFrame({"a": [[1], [2]], "b": [[1], [2]]}))
