"""What our figures are drawn on: matplotlib's own canvas, which sets a line of text once to measure and to draw it."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from numpy.typing import NDArray


@dataclass(frozen=True)
class _SetLine:
    """A line of text as it is set: its size in pixels, how far it reaches below its foot, and what it looks like."""

    width: float
    height: float
    descent: float
    picture: NDArray[np.uint8]
    offset: tuple[float, float]


class Renderer(RendererAgg):
    """Draws a horizontal line of text as one picture, which stands on whole pixels.

    Matplotlib sets a line to measure it, sets it again to draw it, and then draws letter by letter: half of what a
    figure with many words costs. What is turned, mathematical or not smoothed is left to it.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._lines: dict[tuple[str, Any], _SetLine] = {}
        self._heights: dict[Any, tuple[float, float, float] | tuple[None, None, None]] = {}

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        """Measure a line of text."""
        if ismath:
            measured: tuple[float, float, float] = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
            return measured
        line = self._set(s, prop)
        return line.width, line.height, line.descent

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        """Draw a line of text."""
        featured = mtext is not None and (mtext.get_fontfeatures() or mtext.get_language())
        if ismath or angle or featured or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        line = self._set(s, prop)
        left, foot = round(x + line.offset[0]), round(y + line.offset[1] + line.descent)
        self._renderer.draw_text_image(line.picture, left, foot + 1, 0, gc)

    def _get_font_height_metrics(self, prop: Any) -> tuple[float, float, float] | tuple[None, None, None]:
        """Return how far a font's letters reach above and below, and the gap between lines; of a rare font nothing.

        Matplotlib asks renderers that have it, and would else read the font's tables for every text it places.
        """
        known = self._heights.get(prop)
        if known is None:
            font = self._prepare_font(prop)  # type: ignore[no-untyped-call]
            table = font.get_sfnt_table("OS/2")
            known = (None, None, None)
            if table is not None:
                scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * prop.get_size_in_points() * self.dpi / 72
                above, below, gap = (table[f"sTypo{name}"] for name in ("Ascender", "Descender", "LineGap"))
                known = (above * scale, -below * scale, gap * scale)
            self._heights[prop.copy()] = known
        return known

    def _set(self, words: str, prop: Any) -> _SetLine:
        line = self._lines.get((words, prop))
        if line is None:
            font = self._font(words, prop)
            font.set_text(words, 0.0, flags=get_hinting_flag())  # type: ignore[no-untyped-call]
            width, height = (size / 64 for size in font.get_width_height())
            font.draw_glyphs_to_bitmap(antialiased=True)
            across, up = (place / 64 for place in font.get_bitmap_offset())
            picture = np.array(font.get_image())
            line = self._lines[words, prop.copy()] = _SetLine(
                width, height, font.get_descent() / 64, picture, (across, up)
            )
        return line

    def _font(self, words: str, prop: Any) -> FT2Font:
        """Return the font in memory where it has all letters, else matplotlib's, which falls back on other fonts."""
        if mpl.rcParams["text.kerning_factor"] is None:
            found = findfont(prop)
            file = (os.fspath(found), getattr(found, "face_index", 0))
            if _file(*file).letters.issuperset(map(ord, words)):
                font = _font_in_memory(*file, threading.get_ident())
                font.clear()
                font.set_size(prop.get_size_in_points(), self.dpi)
                return font
        prepared: FT2Font = self._prepare_font(prop)  # type: ignore[no-untyped-call]
        return prepared


class _File(NamedTuple):
    """A font's file, and the letters that it has."""

    content: bytes
    letters: frozenset[int]


@lru_cache(16)
def _file(path: str, face: int) -> _File:
    content = Path(path).read_bytes()
    return _File(content, frozenset(FT2Font(BytesIO(content), face_index=face).get_charmap()))


@lru_cache(16)
def _font_in_memory(path: str, face: int, thread: int) -> FT2Font:  # noqa: ARG001
    """Return a font for one thread.

    From the file itself each letter would be read anew whenever it is set: more than half of what a line costs.
    """
    return FT2Font(BytesIO(_file(path, face).content), face_index=face)


if hasattr(os, "register_at_fork"):  # a font belongs to the process that opened it
    os.register_at_fork(after_in_child=_font_in_memory.cache_clear)


class Canvas(FigureCanvasAgg):
    """Matplotlib's canvas with the renderer above."""

    def get_renderer(self) -> Renderer:
        """Return the renderer for the figure as large as it is now."""
        size = (*self.figure.bbox.size, self.figure.dpi)
        if getattr(self, "_drawn_at", None) != size:
            self._drawn_at = size
            self.renderer = Renderer(*size)
        renderer: Renderer = self.renderer
        return renderer
