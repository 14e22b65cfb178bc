"""How many codes a further interview still brings."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw the expected number of codes by number of interviews, with its interval over orders and the order held."""
    curve = result.details["curve"]
    ax = style.axes(ax, height=3.4)
    ax.fill_between(curve["interviews"], curve["low"], curve["high"], color=style.BLUE, alpha=0.16, linewidth=0)
    expected, held = (text(f"plots.saturation.{name}", lang) for name in ("expected", "held"))
    ax.plot(curve["interviews"], curve["codes"], color=style.BLUE, marker="o", markersize=5, label=expected)
    ax.plot(
        curve["interviews"], curve["codes_as_held"], color=style.VERMILLION, linestyle="--", linewidth=1.3, label=held
    )
    ax.legend(loc="lower right", frameon=False, fontsize=8.5)
    ax.set_xlim(0.8, curve["interviews"].max() + 0.2)
    ax.set_ylim(0, max(curve["high"].max(), curve["codes_as_held"].max()) * 1.1)
    style.whole_numbers(ax)
    style.local_numbers(ax, lang)
    style.local_numbers(ax, lang, "y")
    ax.set_xlabel(text("plots.saturation.interviews", lang))
    ax.set_ylabel(text("plots.saturation.codes", lang))
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the first and the last point of the curve and what a further interview would bring."""
    curve = result.details["curve"]
    rows = result.estimates.set_index("measure")["estimate"]
    return text(
        "plots.saturation.alt",
        lang,
        first=number(curve["codes"].iloc[0], lang, ".1f"),
        last=number(curve["codes"].iloc[-1], lang, ".0f"),
        interviews=len(curve),
        new=number(rows["new_codes_next"], lang, ".1f"),
    )
