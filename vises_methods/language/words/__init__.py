"""Sentences made from a result and nothing else, in any language: ``tell(words.agreement, agreement, lang=lang)``."""

from vises_methods.language.words.portrait import (
    COMPLETENESS_COLUMNS,
    STAKEHOLDER_COLUMNS,
    completeness,
    missing_values,
    stakeholders,
    theory_of_change,
)

__all__ = [
    "COMPLETENESS_COLUMNS",
    "STAKEHOLDER_COLUMNS",
    "completeness",
    "missing_values",
    "stakeholders",
    "theory_of_change",
]
