"""Which codes are heard in which groups: counts of interviews and segments."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.language.tables import in_words
from vises_methods.plots import style
from vises_methods.results import Result

MOST_CODES = 28


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a cell per code and group: its shade is the share of the group's texts, its number the segments."""
    rows = result.estimates
    counts = rows.pivot(index="code", columns="group", values="segments").fillna(0)
    shares = rows.pivot(index="code", columns="group", values="share").astype(float).fillna(0)
    kept = [code for code in rows["code"].drop_duplicates() if counts.loc[code].sum() > 0][:MOST_CODES]
    ax = style.axes(ax, height=style.rows_height(len(kept), per_row=0.29))
    if not kept:
        return style.note_on_axes(ax, text("plots.code_by_case.nothing", lang))
    shade, numbers = shares.loc[kept].to_numpy(), counts.loc[kept].to_numpy(dtype=float)
    style.shaded_cells(ax, shade, [[str(int(count)) if count else "·" for count in row] for row in numbers])
    style.name_rows(ax, [result.label(code, lang) for code in kept], width=52)
    sizes = {row["group"]: int(row["n"]) for row in rows.to_dict("records")}
    heads = [f"{style.wrapped(in_words(group, lang, result), 15)}\n(n = {sizes[group]})" for group in counts.columns]
    style.head_columns(ax, heads)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell which codes are heard in most groups and which groups are silent on most codes."""
    rows = result.estimates
    heard = rows[rows["segments"] > 0].groupby("code")["group"].nunique().sort_values(ascending=False, kind="stable")
    groups = rows["group"].nunique()
    widest = [result.label(code, lang) for code in heard[heard == heard.max()].index[:3]] if len(heard) else []
    return text("plots.code_by_case.alt", lang, codes=len(heard), groups=groups, widest=widest)
