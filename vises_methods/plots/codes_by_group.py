"""Which codes are heard in which share of the enterprises of each group."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

MOST_CODES = 34


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a cell per code and group, shaded by the share of enterprises in which the code is heard."""
    rows = result.estimates
    known = rows.pivot(index="code", columns="group", values="estimate")
    shares = known.fillna(0)
    told = (shares > 0).any(axis=1) | known.isna().any(axis=1)
    shares = shares.reindex([code for code in dict.fromkeys(rows["code"]) if told[code]][:MOST_CODES])
    ax = style.axes(ax, height=style.rows_height(len(shares), per_row=0.27))
    values = shares.to_numpy(dtype=float)
    hidden = known.loc[shares.index].isna().to_numpy()
    words = [
        [
            "" if shut else number(share, lang, ".0%") if share > 0 else "·"
            for share, shut in zip(row, shuts, strict=True)
        ]
        for row, shuts in zip(values, hidden, strict=True)
    ]
    style.shaded_cells(ax, values, words, size=8)
    style.hatched_cells(ax, hidden, text("plots.codes_by_group.unknown", lang))
    style.name_rows(ax, [result.label(code, lang) for code in shares.index], width=52)
    sizes = rows.groupby("group")["n"].max().astype(int)
    heads = [f"{group}\n(n = {sizes[group]})" for group in shares.columns]
    style.head_columns(ax, heads, size=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell which codes are heard in every enterprise of every group."""
    rows = result.estimates
    least = (
        rows.groupby("code")["estimate"]
        .min()
        .where(rows.groupby("code")["estimate"].count() == rows["group"].nunique())
    )
    everywhere = [result.label(code, lang) for code in least[least == 1.0].index]
    return text(
        "plots.codes_by_group.alt", lang, codes=least.size, everywhere=everywhere or [text("plots.nobody", lang)]
    )
