"""The portrait in words: the identity card, the seven headings, questions and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from vises_methods.catalogue import has_text, localised, number, text
from vises_methods.language.display import show_html, show_markdown

HEADINGS = ("needs", "aspirations", "missions", "means", "activities", "stakeholders", "territory")


def show_identity(profile: Mapping[str, Any], /, *, lang: str) -> None:
    """Show who the enterprise is: group, place, status, size, languages."""
    show_html(identity_html(profile, lang))


def identity_html(profile: Mapping[str, Any], lang: str) -> str:
    """Return the identity card as an HTML table."""
    communes = ", ".join(commune["name"] for commune in profile["territory"]["communes"])
    rows = {
        "group": text(f"language.groups.{profile['group']}", lang),
        "region": text(f"language.regions.{profile['region']}", lang),
        "legal_form": _known("legal_forms", profile["legal_form"], lang),
        "scheme": f"{profile['scheme']} ({profile['country']})" if profile["scheme"] else None,
        "sector": f"{localised(profile['sector']['label'], lang)} ({profile['sector']['nace']})"
        if profile["sector"]
        else None,
        "founded": str(profile["founded"]) if profile["founded"] else None,
        "fte": number(profile["fte"], lang) if profile["fte"] is not None else None,
        "people_reached": number(profile["people_reached"], lang) if profile["people_reached"] is not None else None,
        "languages": ", ".join(text(f"language.values.{code}", lang) for code in profile["languages"]),
        "communes": communes or None,
    }
    body = "".join(
        f"<tr><th scope='row'>{escape(text(f'language.identity.{name}', lang))}</th><td>{escape(value)}</td></tr>"
        for name, value in rows.items()
        if value
    )
    caption = escape(text("language.captions.identity", lang, name=profile["name"]))
    return f"<table><caption>{caption}</caption><tbody>{body}</tbody></table>"


def show_headings(profile: Mapping[str, Any], /, *, lang: str) -> None:
    """Show the portrait under its seven headings, in the enterprise's own words; what is not written yet is said."""
    parts = []
    for heading in HEADINGS:
        words = localised(profile["portrait"].get(heading), lang).strip()
        parts.append(f"### {text(f'language.headings.{heading}', lang)}")
        parts.append(words or f"*{text('language.not_written', lang)}*")
    show_markdown("\n\n".join(parts))


def show_questions(questions: Mapping[str, Any] | None, /, *, lang: str) -> None:
    """Show each evaluative question with who decided it and what would count against it."""
    if questions is None or not questions["questions"]:
        show_markdown(f"*{text('language.questions.none', lang)}*")
        return
    parts = []
    for question in questions["questions"]:
        parts += [
            f"### {localised(question['text'], lang)}",
            text("language.questions.type", lang, type=text(f"language.values.{question['type']}", lang)),
            text("language.questions.against", lang, words=localised(question["counts_against"], lang)),
        ]
        if question["reason"]:
            parts.append(text("language.questions.reason", lang, words=localised(question["reason"], lang)))
    show_markdown("\n\n".join(parts))


def show_decisions(decisions: pd.DataFrame, /, *, lang: str) -> None:
    """Show what was decided, by whom and why, in the order of the days."""
    if decisions.empty:
        show_markdown(f"*{text('language.decisions_none', lang)}*")
        return
    ordered = decisions.assign(day=pd.to_datetime(decisions["date"])).sort_values("day", kind="stable")
    lines = [
        text(
            "language.decision",
            lang,
            date=row["day"].strftime("%d/%m/%Y"),
            decided=row["decided"],
            reason="" if pd.isna(row["reason"]) else row["reason"],
        )
        for row in ordered.to_dict("records")
    ]
    show_markdown("\n".join(f"- {line}" for line in lines))


def _known(family: str, code: str | None, lang: str) -> str | None:
    if code is None:
        return None
    key = f"language.{family}.{code}"
    return text(key, lang) if has_text(key, lang) else code
