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
from vises_methods.language.words.synthesis import (
    CHANGED_COLUMNS,
    CHOICE_COLUMNS,
    EVIDENCE_COLUMNS,
    claims,
    collected,
    evidence,
    shift,
)

__all__ = [
    "CHANGED_COLUMNS",
    "CHOICE_COLUMNS",
    "COMPLETENESS_COLUMNS",
    "EVIDENCE_COLUMNS",
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
    "claims",
    "code_by_case",
    "collected",
    "completeness",
    "cooccurrence",
    "design",
    "evidence",
    "missing_values",
    "negative_evidence",
    "outcomes",
    "profile",
    "saturation",
    "scores",
    "shift",
    "silence",
    "stakeholders",
    "theory_of_change",
    "weights",
]
