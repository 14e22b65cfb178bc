"""Words for readers: sentences, tables, verdicts and readings, in French, Dutch and English."""

from vises_methods.language import words
from vises_methods.language.codebook import show_codebook_changes, show_codebook_difference
from vises_methods.language.display import say_absent, show_notice, show_reading, tell, verdicts
from vises_methods.language.portrait import show_decisions, show_headings, show_identity, show_questions
from vises_methods.language.quotes import show_quotes
from vises_methods.language.tables import table

__all__ = [
    "say_absent",
    "show_codebook_changes",
    "show_codebook_difference",
    "show_decisions",
    "show_headings",
    "show_identity",
    "show_notice",
    "show_questions",
    "show_quotes",
    "show_reading",
    "table",
    "tell",
    "verdicts",
    "words",
]
