"""What is imported and made ready before the first fork, and whether any of it has changed since."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from yaml import YAMLError

VARIABLE = "VISES_PRELOAD"
MODULES = (
    "matplotlib.figure",
    "matplotlib.pyplot",
    "scipy.stats",
    "statsmodels.api",
    "vises_methods.study",
    "vises_methods.study.schemas",
    "vises_methods.qualitative",
    "vises_methods.indicators",
    "vises_methods.outcomes",
    "vises_methods.synthesis",
    "vises_methods.language",
    "vises_methods.plots",
)
"""What our notebooks import. ``VISES_PRELOAD`` names other modules, with commas between them, or none."""
OF_EVERY_KERNEL = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.queues",
)
"""What a kernel imports only while it starts."""
INLINE = "module://matplotlib_inline.backend_inline"
_ONE_THREAD = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON")},
    "VECLIB_MAXIMUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}

Snapshot = dict[str, tuple[int, int]]


def load() -> None:
    """Import the scientific packages and draw, fit and write once, so that kernels need not.

    Nothing here asks pyplot for its backend: a kernel's first figure must choose it.

    Raises
    ------
    ImportError
        When a module that ``VISES_PRELOAD`` names is not there.
    """
    named = os.environ.get(VARIABLE)
    for name in MODULES if named is None else filter(None, named.split(",")):
        importlib.import_module(name.strip())
    use_once()


def load_for_one() -> None:
    """Load in a kernel that was started ahead of need."""
    load()
    gc.collect()
    gc.freeze()


def load_for_forks() -> Snapshot:
    """Load with one thread, keep the collector from walking what is loaded, and return the files that were read."""
    began = time.time_ns()
    backend = os.environ.get("MPLBACKEND") or INLINE
    os.environ.update(_ONE_THREAD, MPLBACKEND=backend)
    load()
    for name in ("vises_methods.batch.warm.child", "vises_methods.batch.warm.kernel", *OF_EVERY_KERNEL):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    return snapshot(began)


def snapshot(began: int) -> Snapshot:
    """Return size and time of change of every file that was loaded.

    One that was changed after ``began`` may have been read before the change: it is noted so that it counts as changed.
    """
    found: Snapshot = {}
    for path in sorted(_loaded()):
        try:
            state = _state(path)
        except OSError:
            continue
        in_between = began <= state[1] <= time.time_ns()
        found[path] = (-1, -1) if in_between else state
    return found


def changed(before: Snapshot) -> str | None:
    """Return a loaded file that is no longer as it was loaded, or None."""
    for path, known in before.items():
        try:
            now = _state(path)
        except OSError:
            return path
        if now != known:
            return path
    return None


def _state(path: str) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116  - thousands of files before each fork: a Path for each would cost more
    return found.st_size, found.st_mtime_ns


def _loaded() -> Iterable[str]:
    modules = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    texts = Path(__file__).parents[2].rglob("*.yml")
    return {str(name) for name in modules if name} | {str(path) for path in texts}


def use_once() -> None:
    """Use what is loaded: fonts, parsers and catalogues are read, and a process that cannot do it is found out."""
    if "matplotlib" in sys.modules:
        _draw()
    if "statsmodels" in sys.modules:
        _fit()
    if "vises_methods.catalogue" in sys.modules:
        _write()
    if "vises_methods.study" in sys.modules:
        _read()


def _draw() -> None:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    settings = mpl.rcParams.copy()
    ours = sys.modules.get("vises_methods.plots.canvas")
    for canvas in (FigureCanvasAgg, *([] if ours is None else [ours.Canvas])):
        figure = Figure(figsize=(2, 2))
        axes = figure.subplots()
        axes.plot([0, 1], [0, 1], label="été")
        axes.set_title("$x$ – y")
        axes.set_xlabel("y", fontweight="bold")
        axes.legend()
        canvas(figure).print_png(os.devnull)
    dict.update(mpl.rcParams, settings)


def _fit() -> None:
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    square = np.arange(40_000.0).reshape(200, 200) / 40_000
    frame = pd.DataFrame({"x": np.arange(8.0), "y": (square @ square)[:8, 0] + np.arange(8.0) ** 2})
    sm.OLS(frame["y"], sm.add_constant(frame[["x"]])).fit().summary()
    frame.to_html()


def _write() -> None:
    from vises_methods.catalogue import LANGUAGES, entries, number

    for lang in LANGUAGES:
        entries(lang)
        number(1234.5, lang, ".1f")
        number(0.5, lang, ".0%")


def _read() -> None:
    """Read what tables hold, and what studies share; a kernel finds again what still stands written so."""
    from vises_methods.catalogue import yaml_content
    from vises_methods.study.definitions import TABLES, table
    from vises_methods.study.places import reference_root

    for name in TABLES:
        table(name)
    for path in sorted(reference_root().rglob("*.yml")):
        with suppress(OSError, ValueError, YAMLError):  # told where a study needs it
            yaml_content(path.read_text(encoding="utf-8"))
