"""The tree of codes, with how far coders agree on each and how often it is given."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

GOOD, TENTATIVE = 0.8, 0.667
STEP = "    "
SHARES_BEGIN, SHARES_WIDTH = 1.12, 0.32


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per code under its family: the coefficient with its interval, and beside it the share of units."""
    rows = _rows(result)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.25))
    if not any(row["known"] for row in rows):
        return style.note_on_axes(ax, text("plots.agreement.nothing", lang))
    ax.axvspan(GOOD, 1.0, color=style.WASH, zorder=0)
    for bound in (0.0, TENTATIVE, GOOD):
        ax.axvline(bound, color=style.LINE, linewidth=0.9, zorder=1)
    known = [(place, row["low"], row["high"], row["estimate"]) for place, row in enumerate(rows) if row["known"]]
    places, lows, highs, estimates = zip(*known, strict=True)
    ax.hlines(places, lows, highs, color=style.BLUE, linewidth=1.6, alpha=0.75, zorder=2)
    ax.scatter(estimates, places, s=26, color=style.BLUE, zorder=3)
    none = [place for place, row in enumerate(rows) if not row["known"] and not row["family"]]
    ax.scatter([0] * len(none), none, s=22, facecolors="none", edgecolors=style.SOFT, linewidths=0.9, zorder=3)
    labels = [STEP * (row["depth"] - 1) + result.label(row["code"], lang) for row in rows]
    names = style.words_of_rows(ax, labels, _room(result, rows, lang), fontsize=8.5, ha="left")
    for label, row in zip(names, rows, strict=True):
        label.set_fontweight("bold" if row["family"] else "normal")
    least = min(row["estimate"] for row in rows if row["known"])
    ax.set_xlim(min(-0.12, least - 0.05), SHARES_BEGIN + 1.5 * SHARES_WIDTH)
    ax.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    style.local_numbers(ax, lang, "x", ".1f")
    coefficient = text(f"words.coefficients.{result.estimates['measure'].iloc[0]}", lang)
    _head(ax, 0.0, text("plots.code_tree.axis", lang, coefficient=coefficient), 44)
    _draw_shares(ax, rows, lang)
    return ax


def _head(ax: Axes, place: float, words: str, width: int) -> None:
    ax.text(place, -0.75, style.wrapped(words, width), va="bottom", fontsize=8, color=style.SOFT)


def _room(result: Result, rows: list[dict[str, Any]], lang: str) -> float:
    """Return the points that the longest name needs at its size, for names begin at the left as a tree does."""
    widths = [len(STEP) * (row["depth"] - 1) * 0.55 + len(result.label(row["code"], lang)) for row in rows]
    return 4.9 * float(max(widths))


def _draw_shares(ax: Axes, rows: list[dict[str, Any]], lang: str) -> None:
    """Draw the shares at the right of the coefficients, the largest as wide as the room for it."""
    largest = max([row["share"] or 0 for row in rows if not row["family"]], default=0) or 1
    shares = {place: row["share"] for place, row in enumerate(rows) if not row["family"] and row["share"] is not None}
    widths = [SHARES_WIDTH * share / largest for share in shares.values()]
    looks: dict[str, Any] = {"height": 0.6, "facecolors": style.GREEN, "edgecolors": "none"}
    style.bars(ax, list(shares), widths, left=SHARES_BEGIN, **looks)
    for (place, share), width in zip(shares.items(), widths, strict=True):
        words = f" {number(share, lang, '.1%')}"
        ax.text(SHARES_BEGIN + width, place, words, va="center", fontsize=7.5, color=style.INK)
    ax.axvline(SHARES_BEGIN, color=style.SOFT, linewidth=0.9)
    _head(ax, SHARES_BEGIN, text("plots.code_tree.share", lang), 20)


def alt_text(result: Result, lang: str) -> str:
    """Tell how many codes were compared, on how many coders agree well, and which codes are given most."""
    codes = [row for row in _rows(result) if not row["family"]]
    known = [row for row in codes if row["known"]]
    if not known:
        return text("plots.agreement.nothing", lang)
    most = sorted((row for row in codes if row["share"]), key=lambda row: (-row["share"], row["code"]))[:3]
    named = [f"{result.label(row['code'], lang)} ({number(row['share'], lang, '.1%')})" for row in most]
    return text(
        "plots.code_tree.alt",
        lang,
        codes=len(codes),
        count=len(known),
        good=sum(row["estimate"] >= GOOD for row in known),
        unused=len(codes) - len(known),
        most=named,
    )


def _rows(result: Result) -> list[dict[str, Any]]:
    whole = result.estimates[result.estimates["group"] == ""] if "group" in result.estimates else result.estimates
    by_code = {row["subject"]: row for row in whole.to_dict("records")}
    rows = []
    for branch in result.details["tree"].to_dict("records"):
        found = by_code.get(branch["code"])
        known = found is not None and found["estimate"] == found["estimate"]
        share = None if found is None or found["prevalence"] != found["prevalence"] else found["prevalence"]
        rows.append(
            {
                "code": branch["code"],
                "depth": int(branch["depth"]),
                "family": found is None,
                "known": known,
                "share": share,
                **({name: found[name] for name in ("estimate", "low", "high")} if known and found else {}),
            }
        )
    return rows
