"""One self-contained page per executed notebook: read offline, by a screen reader, and on paper."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from vises_methods.catalogue import localised, text
from vises_methods.media_type import MIME
from vises_methods.publish.page_context import PageContext
from vises_methods.result_html import method_title

TEMPLATES = Path(__file__).parent / "templates"
HIDDEN_TAGS = ("injected-parameters", "parameters")
ABSENT = "<div class='absent'>"
_TEXTS_KEPT = 1000
_IMAGE_WITHOUT_WORDS = re.compile(r"<img\b(?![^>]*\salt\s*=)", re.IGNORECASE)


def render(notebook: Any, page: Path, lang: str, context: PageContext) -> None:
    """Write the page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
    page : Path
        The HTML file to write, ``<stem>.<lang>.html``.
    lang : {"fr", "nl", "en"}
    context : PageContext
    """
    stem = page.name.removesuffix(".html").removesuffix(f".{lang}")
    page.write_text(page_html(notebook, stem, lang, context), encoding="utf-8")


def page_html(notebook: Any, stem: str, lang: str, context: PageContext) -> str:
    """Return the page of a notebook as HTML."""
    resources = {"vises": _resources(stem, lang, context)}
    shown = {"cells": _absences_once(_shown_cells(notebook))}
    return _with_words(str(_exporter().template.render(nb=shown, resources=resources)).lstrip(), lang)


def _resources(stem: str, lang: str, context: PageContext) -> dict[str, Any]:
    titles = dict(context.pages)
    name = localised(context.name, lang)
    words = ("skip", "pages", "code", "figure_in_words", "footer")
    return {
        "lang": lang,
        "style": style(),
        "result_type": MIME,
        "method_title": method_title,
        "page_title": text("publish.page.title", lang, notebook=localised(titles.get(stem, stem), lang), name=name),
        "study": localised(context.study, lang),
        "notice": localised(context.notice, lang),
        "methodology": localised(context.methodology, lang),
        "name": name,
        "index": context.index,
        "pages": [
            {"href": f"{other}.{lang}.html", "title": localised(title, lang), "current": other == stem}
            for other, title in context.pages
        ],
        "words": {word: text(f"publish.page.{word}", lang) for word in words},
    }


def style() -> str:
    """Return the style sheet that every page carries within it."""
    return (TEMPLATES / "style.css").read_text(encoding="utf-8")


def _shown_cells(notebook: Any) -> list[Mapping[str, Any]]:
    return [cell for cell in notebook.cells if not set(HIDDEN_TAGS) & set(cell.metadata.get("tags", []))]


def _absences_once(cells: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out, within a section, what was said there before: that there is no result, and why."""
    said: set[str] = set()
    left = []
    for cell in cells:
        if cell["cell_type"] != "code":
            said.clear()
            left.append(cell)
            continue
        kept = [output for output in cell["outputs"] if _absence(output) not in said]
        said |= {_absence(output) for output in cell["outputs"]} - {""}
        left.append({**cell, "outputs": kept})
    return left


def _absence(output: Any) -> str:
    """Return the box that says there is no result; nothing for any other output."""
    markup = output.get("data", {}).get("text/html", "")
    return markup if markup.startswith(ABSENT) else ""


def _with_words(page: str, lang: str) -> str:
    """Say of each image to which a notebook gave no words that it has none; a screen reader would spell its data."""
    words = html.escape(text("publish.page.image_without_words", lang))
    return _IMAGE_WITHOUT_WORDS.sub(f'<img alt="{words}"', page)


@cache
def _exporter() -> Any:
    """Return nbconvert's exporter, of which only template and filters are used.

    Its own way from a notebook to a page copies and checks the notebook a dozen times and parses the page again, which
    costs as long as all else that is done with an executed notebook. A text is turned into HTML once, as the notebooks
    of all enterprises have most of theirs in common.
    """
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(template_name="vises", extra_template_basedirs=[str(TEMPLATES)])
    exporter.register_filter("markdown2html", lru_cache(_TEXTS_KEPT)(partial(exporter.markdown2html, {})))
    return exporter
