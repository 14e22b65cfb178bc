"""No value of another program is silently left out: each entry of the references names the test that meets it."""

import ast
import json
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SHARED = ROOT.parent / "shared" / "references" / "qualitative"
FOLDERS = [HERE, SHARED]
COEFFICIENTS = {
    "fleiss_kappa",
    "conger_kappa",
    "gwet_ac",
    "brennan_prediger",
    "krippendorff_alpha",
    "percent_agreement",
}
COEFFICIENTS |= {"randolph_free_marginal_kappa", *(f"cohen_kappa_{w}" for w in ("unweighted", "linear", "quadratic"))}
COEFFICIENTS |= {f"krippendorff_alpha_{level}" for level in ("nominal", "ordinal", "interval", "ratio")}
AGREEMENT, UNITIZING, GAMMA = (
    f"references/qualitative/test_{name}_reference.py::" for name in ("agreement", "unitizing", "gamma")
)
PUBLISHED = {
    "agreement/krippendorff_4coders.csv": "published/test_krippendorff2011.py::test_",
    "agreement/fleiss1971_diagnoses.csv": "published/test_fleiss1971.py::test_",
    "agreement/cohen1960_pairs.csv": "published/test_cohen1960.py::test_",
}
DEGENERATE = {
    "agreement/perfect_3x20.csv": "test_perfect_agreement_is_one_for_every_coefficient",
    "agreement/one_category_2x20.csv": "test_one_category_gives_a_reason_where_peers_give_one",
    "agreement/rand_sets_4x150.csv": "test_sets_with_empty_ones_among_them",
}
NOBODY = "units that nobody rated: met on rand_nominal12_3x300.csv and rand_binary_3x100.csv"
DIVISOR = "a divisor of 1 where nothing is missing: met on fleiss1971_diagnoses.csv"
WITHOUT_DATA = {
    "agreement/rand_sparse_6x60.csv": NOBODY,
    "agreement/rand_labels_utf8_3x100.csv": NOBODY,
    "agreement/gwet_gender.csv": DIVISOR,
    "agreement/fleiss_wikipedia_14raters.csv": DIVISOR,
}
"""Data that the references name and do not hold (22 of the entries on peers known wrong), each with the fault they show
and the data on which a test meets that fault."""


def computed(entry):
    metric, data = entry["metric"], entry["data"]
    if metric == "cohen_kappa_custom_weights":
        return "test_cohens_own_weights_of_1968"
    if "one_category" in data:
        return "test_one_category_gives_a_reason_where_peers_give_one"
    if "rand_sets" in data:
        return sets(metric)
    if metric.startswith("fleiss_kappa_category["):
        return "test_fleiss_kappa_per_category_is_that_of_the_category_against_the_rest"
    if metric in COEFFICIENTS:
        here = (HERE / data).is_file()
        return (
            "test_every_computed_value_is_met" if here else "test_every_computed_value_of_the_shared_references_is_met"
        )
    return {
        "percent_all_raters_agree": "test_units_on_which_all_coders_agree",
        "light_kappa": "test_lights_kappa_is_the_mean_of_cohens_over_the_pairs",
    }[metric]


def sets(metric):
    if metric == "krippendorff_alpha_nominal_whole_set":
        return "test_sets_with_empty_ones_among_them"
    if metric.startswith("krippendorff_alpha_") or "_alpha_" in metric or "avg_Ao" in metric or "weighted" in metric:
        return "test_agreement_on_sets_is_that_of_nltk"
    return "test_nltks_kappa_pi_and_s_mix_a_weighted_observation_with_an_unweighted_chance"


def known_wrong(entry):
    by_cause = {"NOBODY": "test_units_that_nobody_rated_change_nothing"}
    by_cause["divisor"] = "test_alpha_of_complete_data_is_not_what_irr_gives"
    return next(test for cause, test in by_cause.items() if cause in entry["why"])


def unitizing(entry):
    if entry["value"] is not None:
        return "test_every_value_is_met"
    if entry["metric"] == "cu_alpha_nominal":
        return "test_cu_alpha_of_three_coders_is_the_books_and_not_the_peers"
    if "publication" in entry:
        return "test_a_value_that_meets_nothing_has_a_reason"
    return "test_alpha_of_one_value_by_three_coders_is_the_books_and_not_the_peers"


def published(entry):
    own = entry["data"].startswith("inline")
    return f"{AGREEMENT}test_cohens_own_weights_of_1968" if own else PUBLISHED[entry["data"]]


MEETS = {
    "published": published,
    "computed": lambda entry: AGREEMENT + computed(entry),
    "unitizing": lambda entry: UNITIZING + unitizing(entry),
    "gamma": lambda _: f"{GAMMA}test_best_alignment_and_gamma",
    "peers_known_wrong": lambda entry: AGREEMENT + known_wrong(entry),
    "degenerate": lambda entry: AGREEMENT + DEGENERATE[entry["data"]],
}
COUNTS = {"published": 7, "computed": 525, "unitizing": 59, "gamma": 4, "peers_known_wrong": 31, "degenerate": 3}
OTHER_FILES = {
    "qca/qca_reference.json": {
        "lipset_crisp": "test_lipsets_democracies_are_minimised_as_published",
        "lipset_fuzzy": "test_lipsets_democracies_are_minimised_as_published",
        "rand_fuzzy": "test_truth_tables",
        "rand_crisp": "test_solutions_with_consistency_pri_and_coverage",
        "necessity_rand_fuzzy": "test_necessity",
        "sufficiency_rand_fuzzy": "test_sufficiency_of_conditions_and_of_combinations",
        "calibration": "test_calibration",
        "versions": None,
        "necessity_DEV_SURV": None,
        "sufficiency_DEVLIT_SURV": None,
    },
    "multivariate/ca_mca_reference.json": {
        "CA": "test_correspondence_analysis",
        "MCA": "test_multiple_correspondence_analysis",
        "versions": None,
        "note": None,
    },
    "multivariate/reinert_reference.json": {
        **dict.fromkeys(["reinert_1", "reinert_2", "reinert_3"], "test_the_split_is_that_of_rainette_or_better"),
        "note": None,
    },
}
"""None: no value, or (the last two of QCA) values of data that the references may not hold."""
TEST_FILES = {"qca": "qca", "multivariate/ca": "correspondence", "multivariate/re": "reinert"}


def sections():
    """Return all entries: those of the shared references, or where these are absent, what is copied here."""
    file = SHARED / "agreement_reference.json"
    if file.is_file():
        return json.loads(file.read_text(encoding="utf-8"))
    content = json.loads((HERE / "agreement_reference.json").read_text(encoding="utf-8"))
    for name in ("unitizing", "gamma"):
        content[name] = json.loads((HERE / f"{name}_reference.json").read_text(encoding="utf-8"))
    return content


def named_tests(path):
    tree = ast.parse((ROOT / "tests" / path).read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("section", MEETS)
def test_each_entry_is_met_by_a_test_that_exists(section):
    entries = sections()[section]
    if SHARED.is_dir():
        assert len(entries) == COUNTS[section]
    for test in Counter(MEETS[section](entry) for entry in entries):
        path, _, name = test.partition("::")
        assert any(found.startswith(name) for found in named_tests(path)), test


@pytest.mark.parametrize("section", MEETS)
def test_the_data_of_each_entry_are_there_or_are_known_to_be_missing(section):
    if not SHARED.is_dir():
        pytest.skip("the shared references, with the GPL data, stand beside the repository only where it is developed")
    named = {entry["data"] for entry in sections()[section] if not entry["data"].startswith("inline")}
    missing = {data for data in named if not any((folder / data).is_file() for folder in FOLDERS)}
    assert missing == (set(WITHOUT_DATA) if section == "peers_known_wrong" else set())


@pytest.mark.parametrize("data", WITHOUT_DATA)
def test_a_fault_whose_data_are_missing_is_met_on_data_that_are_there(data):
    met_on = [word.strip(",") for word in WITHOUT_DATA[data].split() if ".csv" in word]
    assert met_on
    if SHARED.is_dir():
        faults = {entry["data"]: entry["why"] for entry in sections()["peers_known_wrong"]}
        assert all(faults[f"agreement/{other}"] == faults[data] for other in met_on)


@pytest.mark.parametrize("name", OTHER_FILES)
def test_each_part_of_the_other_references_is_met_by_a_test_that_exists(name):
    content = json.loads((HERE / name).read_text(encoding="utf-8"))
    assert set(content) == set(OTHER_FILES[name])
    (kind,) = [test for start, test in TEST_FILES.items() if name.startswith(start)]
    assert set(filter(None, OTHER_FILES[name].values())) <= set(
        named_tests(f"references/qualitative/test_{kind}_reference.py")
    )
