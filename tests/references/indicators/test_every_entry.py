"""No reference is silently left out: each entry of the shared index has a test that meets it, or a reason why none."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
PREPARED, SCORES, REMAINING = "test_coinr_preparation", "test_coinr_scores", "test_coinr_remaining"
OTHERS, HANDBOOK, FAULTS = "test_other_aggregations", "test_handbook_orders", "test_peer_faults"
WEIGHTS, QUALITY, UNCERTAIN = "test_weights_of_others", "test_coinr_quality", "test_coinr_uncertainty"

MET = {
    "default_pipeline": (PREPARED, "test_every_step_meets_coinr"),
    "default_treatment_details": (PREPARED, "test_every_step_meets_coinr"),
    "default_results": (REMAINING, "test_scores_and_ranks_of_the_whole_pipeline"),
    "effective_weights": (SCORES, "test_effective_weights_meet_coinr"),
    "indicator_statistics": (REMAINING, "test_skewness_and_kurtosis"),
    "normalise_minmax_0_100": (SCORES, "test_normalisation_meets_coinr"),
    "normalise_minmax_1_100": (REMAINING, "test_minmax_to_another_range"),
    "normalise_zscore_0_1": (SCORES, "test_normalisation_meets_coinr"),
    "normalise_rank": (SCORES, "test_ranks_meet_coinr"),
    "normalise_fracmax": (SCORES, "test_fraction_of_best_meets_coinr_only_where_more_is_better"),
    "normalise_dist2max": (SCORES, "test_normalisation_meets_coinr"),
    "normalise_borda": (SCORES, "test_ranks_meet_coinr"),
    "normalise_prank": (SCORES, "test_ranks_meet_coinr"),
    "aggregate_amean_copeland_top_equal": (OTHERS, "test_copeland_at_the_top_meets_coinr"),
    "aggregate_amean_equal": (SCORES, "test_equal_weights_meet_coinr"),
    "aggregate_amean_unequal": (SCORES, "test_unequal_weights_meet_coinr"),
    "aggregate_copeland_all_equal": (OTHERS, "test_copeland_meets_coinr"),
    "aggregate_copeland_all_unequal": (OTHERS, "test_copeland_meets_coinr"),
    "aggregate_genmean_p05_equal": (SCORES, "test_equal_weights_meet_coinr"),
    "aggregate_genmean_p2_equal": (REMAINING, "test_other_means"),
    "aggregate_genmean_p2_unequal": (SCORES, "test_unequal_weights_meet_coinr"),
    "aggregate_genmean_pm1_equal": (REMAINING, "test_other_means"),
    "aggregate_genmean_pm1_unequal": (SCORES, "test_unequal_weights_meet_coinr"),
    "aggregate_gmean_equal": (SCORES, "test_equal_weights_meet_coinr"),
    "aggregate_hmean_equal": (SCORES, "test_equal_weights_meet_coinr"),
    "aggregate_mixed_amean_gmean_hmean_unequal": (SCORES, "test_unequal_weights_meet_coinr"),
    "aggregate_mixed_gmean_amean_amean_equal": (SCORES, "test_equal_weights_meet_coinr"),
    "aggregate_unequal_from_0_100": (REMAINING, "test_other_means"),
    "outranking_matrix": (OTHERS, "test_outranking_matrix_meets_coinr"),
    "missing_data_thresholds": (REMAINING, "test_thresholds_of_availability"),
    "silence_pays": (SCORES, "test_silence_is_seen"),
    "availability_and_screening": (REMAINING, "test_availability_and_screening"),
    "imputation": (REMAINING, "test_imputation"),
    "treatment_variants": (HANDBOOK, "test_box_cox_and_winsorising_meet_coinr"),
    "pca_by_pillar": (QUALITY, "test_principal_components_by_pillar"),
    "correlations": (HANDBOOK, "test_correlations_with_denominators"),
    "removal_of_elements": (REMAINING, "test_removal_at_every_level"),
    "optimised_weights": (FAULTS, "test_tuned_weights_are_never_negative"),
    "unit_profile": (HANDBOOK, "test_one_country_as_coinr_sums_it_up"),
    "panel": (REMAINING, "test_a_panel_on_one_scale_for_all_years"),
    "trends_and_panel_imputation": (REMAINING, "test_what_no_year_knows_stays_missing"),
    "uncertainty_replay": (UNCERTAIN, "test_a_thousand_draws_meet_coinr"),
    "sobol_replay": (UNCERTAIN, "test_a_sobol_design_meets_coinr"),
    "peer_faults_coinr": (REMAINING, "test_order_of_rows_does_not_change_copeland"),
    "bod_unrestricted": (WEIGHTS, "test_benefit_of_the_doubt"),
    "bod_share_restrictions": (WEIGHTS, "test_benefit_of_the_doubt"),
    "other_compind": (OTHERS, "test_owa_meets_compind"),
    "peer_faults_compind": (FAULTS, "test_mean_min_takes_each_units_own_penalty"),
    "oecd_handbook": (HANDBOOK, "test_table_23_under_four_weightings"),
    "mcdm_weights_ranking": (WEIGHTS, "test_entropy_and_critic"),
    "choquet": (OTHERS, "test_choquet_meets_grabisch"),
    "sobol_ishigami": (UNCERTAIN, "test_indices_meet_the_closed_form_of_ishigami"),
}

NOT_OURS = {
    "indicator_statistics": "flags on zeros and on same values: COINr's screening, not a part of the design",
    "oecd_handbook": "Kemeny orders are league tables; tables 39 and 40 need weights that are not printed",
    "mcdm_weights_ranking": "TOPSIS, sd, Gini, MEREC, CILOS, IDOCRIW and rank correlations: not on the list",
    "optimised_weights": "at level 2 the weights are not unique, the peer's are below zero: only signs are compared",
}
LEAGUE = "places of one unit among others, indicator by indicator: a league table"
UNMET_FILES = {
    "coinr/strengths_CHN.csv": LEAGUE,
    "coinr/weaknesses_CHN.csv": LEAGUE,
    "coinr/trends_cagr.json": "growth by regression: a profile sets a year beside another and fits no trend",
    "coinr/trends_prc_change.json": "growth by regression: a profile sets a year beside another and fits no trend",
    "compind/bli_wroclaw_minmax.csv": "Wroclaw distance: not on the list of aggregations",
    "compind/bli_factor.csv": "component scores: components give weights here, and never a score",
    "compind/bli_geometric_bod_bench_Australia.csv": "rests on weights that are not unique, so on a solver",
}


def entries(shared: Path) -> list[dict]:
    index = json.loads((shared / "references" / "indicators" / "index.json").read_text(encoding="utf-8"))
    return index["entries"]


def test_each_entry_has_a_test_that_exists(shared: Path) -> None:
    assert {entry["id"] for entry in entries(shared)} == set(MET)
    for file, name in MET.values():
        assert re.search(rf"^def {name}\b", (HERE / f"{file}.py").read_text(encoding="utf-8"), re.MULTILINE), name


def test_what_is_left_out_of_an_entry_has_a_reason() -> None:
    assert set(NOT_OURS) <= set(MET)
    assert all(len(reason) > 20 for reason in (*NOT_OURS.values(), *UNMET_FILES.values()))


def test_every_file_of_values_is_read_by_a_test_or_has_a_reason(shared: Path) -> None:
    """The names of files as the tests write them; what a test fills in must be one of its own words."""
    folder = shared / "references" / "indicators"
    patterns = [_names(file) for file in HERE.glob("test_*.py") if file.name != Path(__file__).name]
    listed = [value for entry in entries(shared) for value in _listed(entry["values"])]
    files = {found.relative_to(folder).as_posix() for name in listed for found in folder.glob(name)}
    assert len(files) > 90
    unread = {file for file in files if not any(pattern.fullmatch(file) for pattern in patterns)}
    assert unread == set(UNMET_FILES)


def _names(file: Path) -> re.Pattern[str]:
    """Every text of a test that could name a file; the Handbook's stands here under a shorter name."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    told = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    words = {re.escape(word) for word in told if re.fullmatch(r"[\w.]+", word)}
    filled = "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"
    joined = {
        "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else filled for part in node.values)
        for node in nodes
        if isinstance(node, ast.JoinedStr)
    }
    return re.compile(rf"(?:\w+/)?(?:oecd_)?(?:{'|'.join(words | joined - {filled})})(?:\.csv|\.json)?")


def _listed(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values
