"""The verdict of every check on every dimension of the framework."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

SIGNS = {"contradicts": "✗", "holds": "✓", "weak": "–"}
BORDERS = {"contradicts": 1.8, "holds": 1.2, "weak": 0.5}
COLOURS = {"contradicts": style.RUST, "holds": style.GREEN, "weak": style.SOFT}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per check and a column per dimension; each verdict is a sign and a word, not only a colour."""
    verdicts = verdict_table(result)
    ax = style.axes(ax, height=style.rows_height(len(verdicts), per_row=0.44))
    for row, check in enumerate(verdicts.index):
        for column, dimension in enumerate(verdicts.columns):
            verdict = verdicts.loc[check, dimension]
            if isinstance(verdict, str):
                place = (column - 0.48, row - 0.45)
                ax.add_patch(
                    Rectangle(
                        place, 0.96, 0.9, facecolor="white", edgecolor=COLOURS[verdict], linewidth=BORDERS[verdict]
                    )
                )
                words = f"{SIGNS[verdict]} {text(f'plots.framework_audit.{verdict}', lang)}"
                ax.text(column, row, words, ha="center", va="center", fontsize=6.9, color=COLOURS[verdict])
    style.name_rows(ax, [text(f"indicators.audit.checks.{check}.question", lang) for check in verdicts.index], 36)
    heads = [style.wrapped(result.label(dimension, lang), 12) for dimension in verdicts.columns]
    ax.set_xticks(range(len(heads)), heads, fontsize=7)
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(heads) - 0.5)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many verdicts there are of each kind, and where the framework is contradicted."""
    counts = result.estimates["verdict"].value_counts()
    against = result.estimates[result.estimates["verdict"] == "contradicts"]
    where = text("words.separator", lang).join(
        f"{text(f'indicators.audit.checks.{row.measure}.question', lang)} {result.label(row.subject, lang)}"
        for row in against.itertuples(index=False)
    )
    numbers = {name: int(counts.get(name, 0)) for name in SIGNS}
    return text("plots.framework_audit.alt", lang, where=where or text("plots.none", lang), **numbers)


def verdict_table(result: Result) -> pd.DataFrame:
    """Return the verdicts, check × dimension, in the order of the audit."""
    rows = result.estimates
    table = rows.pivot(index="measure", columns="subject", values="verdict")
    return table.loc[list(dict.fromkeys(rows["measure"])), list(dict.fromkeys(rows["subject"]))]
