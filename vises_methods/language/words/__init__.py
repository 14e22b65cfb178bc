"""Sentences made from a result and nothing else, in any language: ``tell(words.agreement, agreement, lang=lang)``."""

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
    "STAKEHOLDER_COLUMNS",
    "UNSETTLED_COLUMNS",
    "agreement",
    "code_by_case",
    "completeness",
    "cooccurrence",
    "missing_values",
    "negative_evidence",
    "saturation",
    "silence",
    "stakeholders",
    "theory_of_change",
]
