"""A figure and its words per result: one module a figure, each with ``plot(result, *, ax, lang)`` and ``alt_text``."""

from vises_methods.plots.display import Plot, show

__all__ = ["Plot", "show"]
