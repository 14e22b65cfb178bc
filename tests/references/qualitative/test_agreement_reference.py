"""Agreement coefficients, standard errors and intervals beside other software; and where that software is wrong."""

import json
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from vises_methods.qualitative import agreement, set_agreement

HERE = Path(__file__).parent
SHARED = HERE.parents[3] / "shared" / "references" / "qualitative"
ROUNDED_LIMITS = 6e-4
NAMES = {
    "percent_agreement": "percent",
    "brennan_prediger": "brennan_prediger",
    "randolph_free_marginal_kappa": "brennan_prediger",
    "fleiss_kappa": "fleiss_kappa",
    "conger_kappa": "conger_kappa",
    "krippendorff_alpha": "krippendorff_alpha",
}
COHEN = {"unweighted": None, "linear": "linear", "quadratic": "quadratic"}


def question(entry):
    """Return the options that ask our function for what the entry holds, or None for a coefficient we do not have."""
    metric, weights = entry["metric"], entry.get("weights")
    weights = None if weights in ("unweighted", "identity") else weights
    if metric == "gwet_ac":
        return {"coefficient": "gwet_ac2" if weights else "gwet_ac1", "weights": weights}
    if metric.startswith("krippendorff_alpha_"):
        level = metric.removeprefix("krippendorff_alpha_")
        known = level in ("nominal", "ordinal", "interval", "ratio")
        return {"coefficient": "krippendorff_alpha", "level": level} if known else None
    if metric.startswith("cohen_kappa_"):
        name = metric.removeprefix("cohen_kappa_")
        return {"coefficient": "cohen_kappa", "weights": COHEN[name]} if name in COHEN else None
    return {"coefficient": NAMES[metric], "weights": weights} if metric in NAMES else None


def differences(entry, folder):
    """Return what of an entry (value, standard error, limits) our result does not meet."""
    options = question(entry)
    result = agreement(pd.read_csv(folder / entry["data"], index_col=0), **options)
    tolerance = entry["tolerance"] + 1e-12
    found = [] if result.value == pytest.approx(entry["value"], abs=tolerance) else ["value"]
    if entry.get("se") is not None and result.se != pytest.approx(entry["se"], abs=tolerance):
        found.append("se")
    limits = entry.get("ci95", [None, None])
    slack = max(tolerance, ROUNDED_LIMITS if entry["produced_by"].startswith("R 4.2.2 irrCAC") else 0)
    if None not in limits and [result.low, result.high] != pytest.approx(limits, abs=slack):
        found.append("interval")
    return found


def entries(folder, section):
    content = json.loads((folder / "agreement_reference.json").read_text(encoding="utf-8"))
    return [entry for entry in content[section] if (folder / entry["data"]).is_file() and question(entry)]


def one_category(entry):
    return "one_category" in entry["data"]


def test_every_computed_value_is_met():
    asked = [entry for entry in entries(HERE, "computed") if not one_category(entry)]
    wrong = [(entry["data"], entry["metric"], entry["produced_by"]) for entry in asked if differences(entry, HERE)]
    assert len(asked) > 300
    assert wrong == []


def test_every_computed_value_of_the_shared_references_is_met():
    if not SHARED.is_dir():
        pytest.skip("the shared references, with the GPL data, stand beside the repository only where it is developed")
    asked = [entry for entry in entries(SHARED, "computed") if not one_category(entry)]
    assert [(entry["data"], entry["metric"]) for entry in asked if differences(entry, SHARED)] == []


def test_fleiss_kappa_per_category_is_that_of_the_category_against_the_rest():
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    asked = [entry for entry in content["computed"] if entry["metric"].startswith("fleiss_kappa_category")]
    assert len(asked) == 11
    for entry in asked:
        category = int(entry["metric"].split("[")[1].rstrip("]"))
        ratings = pd.read_csv(HERE / entry["data"], index_col=0)
        result = agreement(ratings == category, coefficient="fleiss_kappa")
        assert result.value == pytest.approx(entry["value"], abs=entry["tolerance"]), entry["data"]


def test_one_category_gives_a_reason_where_peers_give_one():
    """R irr and irrCAC return 1 for one category; agreement beyond chance is 0/0 there."""
    ratings = pd.read_csv(HERE / "agreement" / "one_category_2x20.csv", index_col=0)
    for coefficient in ("cohen_kappa", "fleiss_kappa", "gwet_ac1", "brennan_prediger", "krippendorff_alpha"):
        result = agreement(ratings, coefficient=coefficient)
        assert result.value is None
        assert result.not_estimable.code == "qualitative.reasons.no_variation"
    assert agreement(ratings, coefficient="percent").value == 1


def test_perfect_agreement_is_one_for_every_coefficient():
    ratings = pd.read_csv(HERE / "agreement" / "perfect_3x20.csv", index_col=0)
    for coefficient in ("percent", "fleiss_kappa", "conger_kappa", "gwet_ac1", "brennan_prediger"):
        assert agreement(ratings, coefficient=coefficient).value == pytest.approx(1, abs=1e-12)
    for level in ("nominal", "ordinal", "interval", "ratio"):
        assert agreement(ratings, level=level).value == pytest.approx(1, abs=1e-12)


def test_units_that_nobody_rated_change_nothing():
    """R irrCAC 1.0 keeps them: AC1 and Fleiss become NaN, two standard errors come from too many units."""
    wrong = [entry for entry in entries(HERE, "peers_known_wrong") if "NOBODY" in entry["why"]]
    assert len(wrong) >= 8
    for entry in wrong:
        ratings = pd.read_csv(HERE / entry["data"], index_col=0)
        whole, rated = (agreement(frame, **question(entry)) for frame in (ratings, ratings.dropna(how="all")))
        assert whole.value == rated.value
        assert whole.se == rated.se
        assert whole.se != pytest.approx(entry["se"] or 0, abs=entry["tolerance"])


def test_alpha_of_complete_data_is_not_what_irr_gives():
    """R irr 0.84.1 sets the divisor m - 1 to 1 where nothing is missing: wrong for more than two coders."""
    wrong = [entry for entry in entries(HERE, "peers_known_wrong") if "divisor" in entry["why"]]
    assert wrong
    for entry in wrong:
        ours = agreement(pd.read_csv(HERE / entry["data"], index_col=0)).value
        assert ours != pytest.approx(entry["value"], abs=1e-4)


@pytest.mark.parametrize("distance", ["masi", "jaccard", "nominal"])
def test_agreement_on_sets_is_that_of_nltk(distance):
    """nltk cannot measure two empty sets, so its values leave out what was coded with nothing."""
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    values = {entry["metric"]: entry["value"] for entry in content["computed"] if "rand_sets" in entry["data"]}
    suffix = "nominal_whole_set" if distance == "nominal" else distance
    path = HERE / "agreement" / "rand_sets_4x150.csv"
    ratings = pd.read_csv(path, index_col=0, keep_default_na=False, na_values=["", "(none)"])
    alpha = set_agreement(ratings, distance=distance).value
    assert alpha == pytest.approx(values[f"krippendorff_alpha_{suffix}_noempty"], abs=1e-9)
    pair = ratings[["c1", "c2"]].dropna()
    measured = {"alpha": "krippendorff_alpha", "avg_Ao": "percent", "weighted_kappa": "cohen_kappa"}
    for name, coefficient in measured.items():
        ours = set_agreement(pair, distance=distance, coefficient=coefficient).value
        assert ours == pytest.approx(values[f"c1_c2_noempty_{name}_{suffix}"], abs=1e-9), name


@pytest.mark.parametrize("distance", ["masi", "jaccard", "nominal"])
def test_nltks_kappa_pi_and_s_mix_a_weighted_observation_with_an_unweighted_chance(distance):
    """Ours weigh both. What nltk gives follows from our parts; it is the same only where whole sets are compared."""
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    values = {entry["metric"]: entry["value"] for entry in content["computed"] if "rand_sets" in entry["data"]}
    suffix = "nominal_whole_set" if distance == "nominal" else distance
    path = HERE / "agreement" / "rand_sets_4x150.csv"
    pair = pd.read_csv(path, index_col=0, keep_default_na=False, na_values=["", "(none)"])[["c1", "c2"]].dropna()
    for name, coefficient in {"kappa": "cohen_kappa", "pi": "scott_pi", "S": "brennan_prediger"}.items():
        whole = set_agreement(pair, distance="nominal", coefficient=coefficient).estimates.iloc[0]
        ours = set_agreement(pair, distance=distance, coefficient=coefficient).estimates.iloc[0]
        mixed = (ours["observed"] - whole["expected"]) / (1 - whole["expected"])
        theirs = values[f"c1_c2_noempty_{name}_{suffix}"]
        assert mixed == pytest.approx(theirs, abs=1e-9), name
        assert bool(ours["estimate"] == pytest.approx(theirs, abs=1e-9)) == (distance == "nominal"), name


def test_units_on_which_all_coders_agree():
    """irr's agree is the share of units that are not listed as disagreements; two coders agree or do not."""
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    asked = [entry for entry in content["computed"] if entry["metric"] == "percent_all_raters_agree"]
    assert len(asked) == 3
    for entry in asked:
        ratings = pd.read_csv(HERE / entry["data"], index_col=0)
        differing = len(agreement(ratings, coefficient="percent").details["evidence"])
        assert 1 - differing / len(ratings) == pytest.approx(entry["value"], abs=entry["tolerance"])


def test_lights_kappa_is_the_mean_of_cohens_over_the_pairs():
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    asked = [entry for entry in content["computed"] if entry["metric"] == "light_kappa"]
    assert len(asked) == 2
    for entry in asked:
        ratings = pd.read_csv(HERE / entry["data"], index_col=0)
        pairs = [ratings[list(pair)] for pair in combinations(ratings.columns, 2)]
        values = [agreement(pair, coefficient="cohen_kappa").value for pair in pairs]
        assert sum(values) / len(values) == pytest.approx(entry["value"], abs=entry["tolerance"])


def test_cohens_own_weights_of_1968():
    """Disagreement weights 1, 3 and 6 on the table of 1960; published .348, the digits by R psych 2.2.9."""
    ratings = pd.read_csv(HERE / "agreement" / "cohen1960_pairs.csv", index_col=0)
    weights = 1 - pd.DataFrame([[0, 1, 3], [1, 0, 6], [3, 6, 0]], index=[1, 2, 3], columns=[1, 2, 3]) / 6
    value = agreement(ratings, coefficient="cohen_kappa", weights=weights).value
    assert value == pytest.approx(0.3478260869565, abs=1e-9)
    assert value == pytest.approx(0.348, abs=5e-4)


def test_the_same_ratings_as_texts_categories_or_nullable_numbers_give_the_same():
    """Rows of every kind that a data frame has; a missing rating is NaN, None or NA."""
    ratings = pd.read_csv(HERE / "agreement" / "rand_ordinal_4x150.csv", index_col=0)
    names = ["percent", "fleiss_kappa", "conger_kappa", "gwet_ac2", "krippendorff_alpha"]
    kinds = {
        "numbers": ratings,
        "float32": ratings.astype("float32"),
        "nullable": ratings.astype("Int64"),
        "texts": ratings.map(lambda cell: None if pd.isna(cell) else str(int(cell))),
        "objects": ratings.astype(object).where(ratings.notna(), None),
        "categories": ratings.astype(pd.CategoricalDtype(sorted(set(ratings.melt()["value"].dropna())), ordered=True)),
        "half": ratings / 2,
        "large": ratings * 1000,
        "negative": ratings - 130,
    }
    found = {}
    for kind, frame in kinds.items():
        rows = agreement(frame, coefficient=names, weights="quadratic").estimates
        found[kind] = rows[["estimate", "se", "low", "high"]].astype(float).to_numpy()
        shuffled = agreement(frame.iloc[::-1], coefficient=names, weights="quadratic").estimates
        assert shuffled["estimate"].tolist() == pytest.approx(rows["estimate"].tolist(), abs=1e-12), kind
    for kind, values in found.items():
        assert values == pytest.approx(found["numbers"], abs=1e-12), kind


def test_sets_with_empty_ones_among_them():
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    (entry,) = [e for e in content["computed"] if e["metric"] == "krippendorff_alpha_nominal_whole_set"]
    ratings = pd.read_csv(HERE / entry["data"], index_col=0, keep_default_na=False, na_values=[""]).replace(
        "(none)", ""
    )
    assert set_agreement(ratings, distance="nominal").value == pytest.approx(entry["value"], abs=1e-9)
    assert set_agreement(ratings).value is not None
