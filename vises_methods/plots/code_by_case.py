"""Which codes are heard in which groups: counts of interviews and segments."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.language.tables import in_words
from vises_methods.plots import style
from vises_methods.qualitative.confidentiality import SMALL_CELL, SMALL_GROUP
from vises_methods.results import Result

MOST_CODES = 28


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a cell per code and group: its shade is the share of the group's texts, its number the segments.

    A dot is silence; a hatched cell is withheld, and nothing can be read from it.
    """
    rows = result.estimates
    counts = rows.pivot(index="code", columns="group", values="segments").fillna(0)
    shares = rows.pivot(index="code", columns="group", values="share").astype(float).fillna(0)
    hidden = rows.pivot(index="code", columns="group", values="estimate").isna()
    few = set(rows.loc[rows["reason"] == SMALL_CELL, "code"])
    told = [code for code in rows["code"].drop_duplicates() if counts.loc[code].sum() > 0 or code in few]
    kept = told[:MOST_CODES]
    ax = style.axes(ax, height=style.rows_height(len(kept), per_row=0.29))
    if not kept:
        return style.note_on_axes(ax, text("plots.code_by_case.nothing", lang))
    shade, numbers = shares.loc[kept].to_numpy(), counts.loc[kept].to_numpy(dtype=float)
    closed = hidden.loc[kept].to_numpy()
    words = [
        ["" if shut else str(int(count)) if count else "·" for count, shut in zip(row, closes, strict=True)]
        for row, closes in zip(numbers, closed, strict=True)
    ]
    style.shaded_cells(ax, shade, words)
    style.hatched_cells(ax, closed, text("plots.withheld", lang))
    style.name_rows(ax, [result.label(code, lang) for code in kept], width=52)
    sizes = {row["group"]: int(row["n"]) for row in rows.to_dict("records")}
    heads = [f"{style.wrapped(in_words(group, lang, result), 15)}\n(n = {sizes[group]})" for group in counts.columns]
    style.head_columns(ax, heads)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell which codes are heard in most groups and which groups are silent on most codes."""
    rows = result.estimates
    heard = rows[rows["segments"] > 0].groupby("code")["group"].nunique().sort_values(ascending=False, kind="stable")
    shut = [
        in_words(group, lang, result) for group in sorted(rows.loc[rows["reason"] == SMALL_GROUP, "group"].unique())
    ]
    groups = rows["group"].nunique() - len(shut)
    widest = [result.label(code, lang) for code in heard[heard == heard.max()].index[:3]] if len(heard) else []
    said = [text("plots.code_by_case.alt", lang, codes=len(heard), groups=groups, widest=widest)]
    cells = int((rows["reason"] == SMALL_CELL).sum())
    if cells:
        said.append(text("plots.code_by_case.cells", lang, count=cells))
    if shut:
        said.append(text("plots.code_by_case.groups", lang, groups=shut))
    return " ".join(said)
