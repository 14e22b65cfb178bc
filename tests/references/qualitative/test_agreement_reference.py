"""Agreement coefficients, standard errors and intervals beside other software; and where that software is wrong."""

import json
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


def test_sets_with_empty_ones_among_them():
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    (entry,) = [e for e in content["computed"] if e["metric"] == "krippendorff_alpha_nominal_whole_set"]
    ratings = pd.read_csv(HERE / entry["data"], index_col=0, keep_default_na=False, na_values=[""]).replace(
        "(none)", ""
    )
    assert set_agreement(ratings, distance="nominal").value == pytest.approx(entry["value"], abs=1e-9)
    assert set_agreement(ratings).value is not None
