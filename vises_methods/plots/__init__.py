"""A figure and its words per result: one module a figure, each with ``plot(result, *, ax, lang)`` and ``alt_text``."""

from vises_methods.plots import (
    agreement,
    attrition,
    balance,
    before_after,
    code_by_case,
    cooccurrence,
    heading_scores,
    indicator_profile,
    missing_values,
    outcomes,
    saturation,
    scores_over_years,
    stakeholder_map,
    theory_of_change,
    weights_by_group,
)
from vises_methods.plots.display import Plot, show

__all__ = [
    "Plot",
    "agreement",
    "attrition",
    "balance",
    "before_after",
    "code_by_case",
    "cooccurrence",
    "heading_scores",
    "indicator_profile",
    "missing_values",
    "outcomes",
    "saturation",
    "scores_over_years",
    "show",
    "stakeholder_map",
    "theory_of_change",
    "weights_by_group",
]
