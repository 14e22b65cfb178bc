"""The known faults of other programs, each with the test of this one that shows it does otherwise.

A test that is renamed or taken out is missed here.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
EXCHANGE, ROOM, HERE = "unit/qualitative/exchange/", "unit/qualitative/", "references/qualitative/"
FAULTS = {
    "NVivo: positions read as code points are cut wrong after an emoji": (
        f"{EXCHANGE}test_positions.py::test_positions_after_an_emoji_counted_in_utf16_are_not_miscut",
        f"{EXCHANGE}test_refi_habits.py::test_a_real_project_of_nvivo_is_read_in_its_own_basis",
    ),
    "a byte order mark read back as text shifts every coding by one": (
        f"{EXCHANGE}test_positions.py::test_a_byte_order_mark_is_no_text",
        f"{HERE}test_projects.py::test_the_shifted_project_is_repaired_and_the_evidence_is_reported",
    ),
    "units taken from the identifiers of selections have one coder each": (
        f"{ROOM}test_unitization.py::test_units_come_from_the_text_so_that_coders_meet",
    ),
    "exact duplicates by two coders are collapsed": (
        f"{ROOM}test_unitization.py::test_exact_duplicates_by_two_coders_stay_two_coders",
    ),
    "Taguette: the coders are lost in an exported project": (
        f"{HERE}test_projects.py::test_taguettes_export_has_lost_the_coders_and_says_so",
        f"{HERE}test_projects.py::test_taguettes_server_says_who_coded_what_and_where",
    ),
    "Taguette: the export of one tag takes the tags whose names begin alike": (
        f"{HERE}test_projects.py::test_a_tag_is_no_child_of_a_tag_whose_name_only_begins_alike",
    ),
    "kappa is dominated by uncoded text": (
        f"{ROOM}test_code_agreement.py::"
        "test_uncoded_text_raises_percent_agreement_and_leaves_positive_agreement_as_it_is",
    ),
    "kappa comes from rounded percentages": (
        f"{ROOM}test_reliability.py::test_kappa_comes_from_counts_and_not_from_rounded_percentages",
    ),
    "R irr: alpha of three coders with nothing missing": (
        f"{HERE}test_agreement_reference.py::test_alpha_of_complete_data_is_not_what_irr_gives",
    ),
    "R irrCAC: units that nobody rated enter the coefficients": (
        f"{HERE}test_agreement_reference.py::test_units_that_nobody_rated_change_nothing",
    ),
    "cu-alpha pairs a unit with itself": (
        f"{HERE}test_unitizing_reference.py::test_cu_alpha_of_three_coders_is_the_books_and_not_the_peers",
    ),
    "two empty sets crash": (
        f"{ROOM}test_sets.py::test_two_empty_sets_agree",
        f"{HERE}test_agreement_reference.py::test_sets_with_empty_ones_among_them",
    ),
    "one category gives 1": (
        f"{HERE}test_agreement_reference.py::test_one_category_gives_a_reason_where_peers_give_one",
    ),
    "segments of one interview are drawn as if they were independent": (
        f"{ROOM}test_reliability.py::test_the_cluster_bootstrap_is_wider_where_interviews_differ",
        "properties/test_qualitative_coverage.py::test_",
    ),
    "spans that only touch are counted as overlap": (
        f"{ROOM}test_cooccurrences.py::test_touching_is_near_and_no_overlap",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_known_fault_of_a_peer_has_a_test_of_its_own(fault):
    for test in FAULTS[fault]:
        path, _, name = test.partition("::")
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        named = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith(name)]
        assert named, test
        assert any(isinstance(node, (ast.Assert, ast.With)) for function in named for node in ast.walk(function)), test
