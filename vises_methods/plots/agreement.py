"""Agreement between coders, code by code, with its interval."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

GOOD, TENTATIVE = 0.8, 0.667


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per code that two coders used: a dot, its interval, and how often the code was given."""
    rows = result.estimates.dropna(subset=["estimate"]).reset_index(drop=True)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.29))
    if rows.empty:
        return style.note_on_axes(ax, text("plots.agreement.nothing", lang))
    ax.axvspan(GOOD, 1.0, color=style.WASH, zorder=0)
    for bound in (0.0, TENTATIVE, GOOD):
        ax.axvline(bound, color=style.LINE, linewidth=0.9, zorder=1)
    place = range(len(rows))
    ax.hlines(place, rows["low"], rows["high"], color=style.BLUE, linewidth=1.6, alpha=0.75, zorder=2)
    ax.scatter(rows["estimate"], place, s=12 + 420 * rows["prevalence"], color=style.BLUE, zorder=3)
    style.name_rows(ax, [result.label(code, lang) for code in rows["subject"]], width=52)
    ax.set_xlim(min(-0.12, rows["estimate"].min() - 0.05), 1.03)
    style.local_numbers(ax, lang, "x", ".1f")
    words = text("plots.agreement.axis", lang, coefficient=text(f"words.coefficients.{_name(result)}", lang))
    ax.set_xlabel(style.wrapped(words, 62), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many codes were compared, and which the coders agree on most and least."""
    rows = result.estimates.dropna(subset=["estimate"]).sort_values("estimate")
    if rows.empty:
        return text("plots.agreement.nothing", lang)
    least, *_, most = [*rows.to_dict("records"), rows.to_dict("records")[-1]]
    return text(
        "plots.agreement.alt",
        lang,
        count=len(rows),
        good=int((rows["estimate"] >= GOOD).sum()),
        least=f"{result.label(least['subject'], lang)} ({number(least['estimate'], lang, '.2f')})",
        most=f"{result.label(most['subject'], lang)} ({number(most['estimate'], lang, '.2f')})",
    )


def _name(result: Result) -> str:
    return str(result.estimates["measure"].iloc[0])
