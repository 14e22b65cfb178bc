"""Sentences made from a result and nothing else, in any language: ``tell(words.agreement, agreement, lang=lang)``."""

from vises_methods.language.words.indicators import (
    PROFILE_COLUMNS,
    WHOLE_COLUMNS,
    WHOLE_FORMATS,
    profile,
    scores,
    weights,
)
from vises_methods.language.words.outcomes import (
    OUTCOME_COLUMNS,
    OUTCOME_FORMATS,
    attrition,
    balance,
    design,
    outcomes,
)
from vises_methods.language.words.portrait import (
    COMPLETENESS_COLUMNS,
    STAKEHOLDER_COLUMNS,
    completeness,
    missing_values,
    stakeholders,
    theory_of_change,
)
from vises_methods.language.words.qualitative import (
    UNSETTLED_COLUMNS,
    agreement,
    code_by_case,
    cooccurrence,
    negative_evidence,
    saturation,
    silence,
)

__all__ = [
    "COMPLETENESS_COLUMNS",
    "OUTCOME_COLUMNS",
    "OUTCOME_FORMATS",
    "PROFILE_COLUMNS",
    "STAKEHOLDER_COLUMNS",
    "UNSETTLED_COLUMNS",
    "WHOLE_COLUMNS",
    "WHOLE_FORMATS",
    "agreement",
    "attrition",
    "balance",
    "code_by_case",
    "completeness",
    "cooccurrence",
    "design",
    "missing_values",
    "negative_evidence",
    "outcomes",
    "profile",
    "saturation",
    "scores",
    "silence",
    "stakeholders",
    "theory_of_change",
    "weights",
]
