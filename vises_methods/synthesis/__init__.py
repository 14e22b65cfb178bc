"""The three approaches brought together: portrait, quality, evidence per question, portfolio, comparison."""

from vises_methods.synthesis.audit_sections import framework_soundness, uncertainty_by_dimension
from vises_methods.synthesis.calibrated import calibration_of
from vises_methods.synthesis.codebook_history import codebook_difference
from vises_methods.synthesis.coding_project import write_coding_project
from vises_methods.synthesis.codings_import import CodingsImport, plan_codings_import, write_codings_import
from vises_methods.synthesis.confidentiality import confidentiality
from vises_methods.synthesis.evidence import evidence_by_question
from vises_methods.synthesis.final_coding import final_coding
from vises_methods.synthesis.fitness import (
    fit_for_aggregation,
    fit_for_audit,
    fit_for_coding,
    fit_for_comparison,
    fit_for_methodologies,
    fit_for_portfolio,
    fit_for_portrait,
    fit_for_synthesis,
)
from vises_methods.synthesis.framework_versions import framework_versions
from vises_methods.synthesis.group_ranges import group_ranges, stale_group_ranges, write_group_ranges
from vises_methods.synthesis.indicator_audit import framework_audit, framework_structure, published_cells
from vises_methods.synthesis.indicator_scores import (
    ScoringChoices,
    heading_scores,
    indicator_scores,
    profile_on_scales,
    scores_over_years,
    whole_by_weights,
)
from vises_methods.synthesis.methodologies import (
    changed_conclusions,
    compare_methodologies,
    differing_choices,
    methodology_beside,
)
from vises_methods.synthesis.outcome_checks import what_would_overturn
from vises_methods.synthesis.outcome_evidence import ComparisonChoices, compare_outcomes, remarks_of
from vises_methods.synthesis.outcome_frame import (
    likeness,
    outcome_frame,
    outcome_labels,
    plan_of,
    primary_outcomes,
    wanted_directions,
    who_left,
)
from vises_methods.synthesis.outcome_ranks import rank_effects
from vises_methods.synthesis.outcome_series import compare_series
from vises_methods.synthesis.outcome_specifications import all_ways
from vises_methods.synthesis.own_framework import (
    cells_by_year,
    enterprise_tree,
    latest_year,
    own_baseline,
    own_targets,
    own_weights,
    set_aside,
    weight_labels,
)
from vises_methods.synthesis.pooling import pooled_outcomes
from vises_methods.synthesis.portfolio import (
    claims_by_group,
    codes_by_group,
    collected_by_enterprise,
    dimensions_by_group,
    enterprise_names,
)
from vises_methods.synthesis.portrait import stakeholder_map, theory_of_change
from vises_methods.synthesis.published import all_estimates, published, published_labels
from vises_methods.synthesis.quality import completeness, missing_values
from vises_methods.synthesis.score_change import score_change
from vises_methods.synthesis.score_trials import price_of_points, what_if_changed
from vises_methods.synthesis.score_uncertainty import score_uncertainty, value_errors
from vises_methods.synthesis.sheet_import import SheetImport, plan_sheet_import, write_sheet_import
from vises_methods.synthesis.stakeholder_weights import group_weight_labels, group_weights, weights_of_persons
from vises_methods.synthesis.weight_agreement import weight_conclusions, weights_agreement
from vises_methods.synthesis.whose_weights import whose_weights

__all__ = [
    "CodingsImport",
    "ComparisonChoices",
    "ScoringChoices",
    "SheetImport",
    "all_estimates",
    "all_ways",
    "calibration_of",
    "cells_by_year",
    "changed_conclusions",
    "claims_by_group",
    "codebook_difference",
    "codes_by_group",
    "collected_by_enterprise",
    "compare_methodologies",
    "compare_outcomes",
    "compare_series",
    "completeness",
    "confidentiality",
    "differing_choices",
    "dimensions_by_group",
    "enterprise_names",
    "enterprise_tree",
    "evidence_by_question",
    "final_coding",
    "fit_for_aggregation",
    "fit_for_audit",
    "fit_for_coding",
    "fit_for_comparison",
    "fit_for_methodologies",
    "fit_for_portfolio",
    "fit_for_portrait",
    "fit_for_synthesis",
    "framework_audit",
    "framework_soundness",
    "framework_structure",
    "framework_versions",
    "group_ranges",
    "group_weight_labels",
    "group_weights",
    "heading_scores",
    "indicator_scores",
    "latest_year",
    "likeness",
    "methodology_beside",
    "missing_values",
    "outcome_frame",
    "outcome_labels",
    "own_baseline",
    "own_targets",
    "own_weights",
    "plan_codings_import",
    "plan_of",
    "plan_sheet_import",
    "pooled_outcomes",
    "price_of_points",
    "primary_outcomes",
    "profile_on_scales",
    "published",
    "published_cells",
    "published_labels",
    "rank_effects",
    "remarks_of",
    "score_change",
    "score_uncertainty",
    "scores_over_years",
    "set_aside",
    "stakeholder_map",
    "stale_group_ranges",
    "theory_of_change",
    "uncertainty_by_dimension",
    "value_errors",
    "wanted_directions",
    "weight_conclusions",
    "weight_labels",
    "weights_agreement",
    "weights_of_persons",
    "what_if_changed",
    "what_would_overturn",
    "who_left",
    "whole_by_weights",
    "whose_weights",
    "write_coding_project",
    "write_codings_import",
    "write_group_ranges",
    "write_sheet_import",
]
