"""The data dictionary, in French, Dutch and English: every column of every table, as the definitions say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from vises_methods.catalogue import LANGUAGES, french_spaces, number, text
from vises_methods.study.definitions import TABLES, Column, Table, table
from vises_methods.study.places import reference_root


def dictionary(lang: str) -> pd.DataFrame:
    """Return the data dictionary.

    Parameters
    ----------
    lang : {"fr", "nl", "en"}

    Returns
    -------
    DataFrame
        One row per column of a table: ``table, column, type, required, allowed, description``.

    Examples
    --------
    >>> dictionary("nl").query("table == 'consent'")["column"].tolist()[:2]
    ['person', 'label']
    """
    rows = [
        {
            "table": name,
            "column": column.name,
            "type": text(f"study.dictionary.types.{column.type}", lang),
            "required": text(f"study.dictionary.{'mandatory' if column.required else 'optional'}", lang),
            "allowed": allowed(column, lang),
            "description": _words(column.description or {}, lang),
        }
        for name in TABLES
        for column in table(name).columns
    ]
    return pd.DataFrame(rows)


def allowed(column: Column, lang: str) -> str:
    """Say in words what a column allows; empty where anything of its type is."""
    if column.enum or column.item_enum:
        return ", ".join(column.enum or column.item_enum)
    if column.references:
        return text(f"study.dictionary.references.{column.references.replace('.', '_')}", lang)
    if column.above is not None:
        return text("study.dictionary.above", lang, low=number(column.above, lang))
    if column.minimum is not None and column.maximum is not None:
        return text("study.dictionary.between", lang, low=f"{column.minimum:g}", high=f"{column.maximum:g}")
    if column.minimum is not None:
        return text("study.dictionary.from", lang, low=f"{column.minimum:g}")
    if column.example:
        return text("study.dictionary.example", lang, example=column.example)
    return ""


def dictionary_markdown(lang: str) -> str:
    """Return the data dictionary as a Markdown page."""
    lines = [f"# {text('study.dictionary.title', lang)}", "", text("study.dictionary.introduction", lang), ""]
    for name in TABLES:
        lines += _section(table(name), lang)
    return "\n".join(lines).rstrip() + "\n"


def write_dictionaries(folder: Path | None = None) -> list[Path]:
    """Write the dictionary in each language as ``dictionary.<lang>.md``, by default into ``data/reference``."""
    written = []
    for lang in LANGUAGES:
        path = (folder or reference_root()) / f"dictionary.{lang}.md"
        path.write_text(dictionary_markdown(lang), encoding="utf-8", newline="\n")
        written.append(path)
    return written


def _section(definition: Table, lang: str) -> Iterator[str]:
    rows = dictionary(lang)
    rows = rows[rows["table"] == definition.name]
    yield f"## {_words(definition.title, lang)} (`{definition.file}`)"
    yield ""
    yield _words(definition.description, lang)
    yield ""
    yield text("study.dictionary.key", lang, key=", ".join(f"`{name}`" for name in definition.key))
    yield ""
    heads = ("column", "type", "required", "allowed", "description")
    yield "| " + " | ".join(text(f"study.dictionary.heads.{head}", lang) for head in heads) + " |"
    yield "| " + " | ".join("---" for _ in heads) + " |"
    for row in rows.to_dict("records"):
        cells = [f"`{row['column']}`", row["type"], row["required"], row["allowed"], row["description"]]
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _words(words: Mapping[str, str], lang: str) -> str:
    return french_spaces(words[lang]) if lang == "fr" else words[lang]
