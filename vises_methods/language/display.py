"""Showing words in a notebook: sentences, boxes that say whether data are fit, and the researcher's own reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Literal

from vises_methods.catalogue import localised, text
from vises_methods.language.remarks import sentence
from vises_methods.results import Result

Words = Callable[[Result, str], list[str]]
"""Turns a result into sentences of a language."""


def tell(words: Words, result: Result, /, *, lang: str, notices: bool = True) -> None:
    """Show what a result says, in sentences made from the result and nothing else.

    Parameters
    ----------
    words : function of ``vises_methods.language.words``
        As in ``tell(words.agreement, agreement, lang=lang)``.
    result : Result
    lang : {"fr", "nl", "en"}
    notices : bool
        Whether its remarks follow; not where other sentences on the same result were told just before.
    """
    if result.not_estimable is not None:
        say_absent(sentence(result.not_estimable, result, lang), lang=lang)
    else:
        remarks = [sentence(notice, result, lang) for notice in result.notices] if notices else []
        show_markdown("\n\n".join([*words(result, lang), *(f"*{remark}*" for remark in remarks)]))


def show_notice(notice: Mapping[str, str], /, *, lang: str) -> None:
    """Show the notice of a study, that its data are invented; nothing where it has none.

    A page says it at its top: there this one is not shown a second time.
    """
    words = localised(notice, lang)
    if words:
        show_html(f"<p class='notebook-notice'><strong>{escape(words)}</strong></p>")


def say_absent(words: str, /, *, lang: str) -> None:
    """Show that there is no result here, and why: a plain remark and no alarm, for nothing has gone wrong."""
    show_html(box("absent", words[:1].upper() + words[1:], lang))


def show_reading(readings: Mapping[str, str], section: str, /, *, lang: str) -> None:
    """Show the researcher's own reading of a section, kept in a file of the enterprise; an invitation where none is.

    Parameters
    ----------
    readings : mapping of str to str
        Section and Markdown text, as ``Enterprise.readings(notebook)`` gives.
    section : str
    lang : {"fr", "nl", "en"}
    """
    words = readings.get(section, "").strip()
    shown = words or f"*{text('language.reading.none', lang)}*"
    show_markdown(f"<div class='reading'>\n\n**{text('language.reading.title', lang)}**\n\n{shown}\n\n</div>")


def verdicts(result: Result, /, *, lang: str) -> None:
    """Show the verdicts of checks, worst first: stop, read this, fit.

    Parameters
    ----------
    result : Result
        Of a method whose ``details["checks"]`` has columns ``check, verdict, value, bound``, and others that the
        sentences name.
    lang : {"fr", "nl", "en"}
    """
    order = {"stop": 0, "read": 1, "fit": 2}
    rows = sorted(result.details["checks"].to_dict("records"), key=lambda row: order[row["verdict"]])
    shown = []
    for row in rows:
        key = f"synthesis.checks.{row['check']}.{row['verdict']}"
        shown.append(box(row["verdict"], text(key, lang, **{str(name): value for name, value in row.items()}), lang))
    show_html("".join(shown))


def box(kind: Literal["stop", "read", "fit", "absent"], words: str, lang: str) -> str:
    """Return a box of HTML; what it means stands in words, not only in its colour."""
    sign = escape(text(f"language.box.{kind}", lang))
    return f"<div class='{kind}'><p><strong>{sign}</strong> {escape(words)}</p></div>"


def show_markdown(words: str) -> None:
    """Show Markdown."""
    from IPython.display import Markdown, display

    display(Markdown(words))


def show_html(markup: str) -> None:
    """Show HTML."""
    from IPython.display import HTML, display

    display(HTML(markup))
