"""What one forked kernel does to its process, the next does not see."""

import pytest

CHANGES = {
    "a global": ("left = 1", "'left' in globals()", "False"),
    "builtins": ("import builtins\nbuiltins.left = 1", "'left' in dir(__builtins__)", "False"),
    "a patched function": (
        "import statistics\nstatistics.mean = None",
        "import statistics\nprint(statistics.mean is None)",
        "False",
    ),
    "sys.modules": ("import sys\nsys.modules['left'] = sys", "import sys\nprint('left' in sys.modules)", "False"),
    "sys.path": ("import sys\nsys.path.append('/left')", "import sys\nprint('/left' in sys.path)", "False"),
    "rcParams": (
        "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 9",
        "import matplotlib\nprint(matplotlib.rcParams['lines.linewidth'])",
        "1.5",
    ),
    "the folder": ("%cd /", "import os\nprint(os.getcwd() == '/')", "False"),
    "the environment": ("import os\nos.environ['LEFT'] = '1'", "import os\nprint(os.environ.get('LEFT'))", "None"),
    "the recursion limit": (
        "import sys\nsys.setrecursionlimit(77777)",
        "import sys\nprint(sys.getrecursionlimit())",
        "",
    ),
    "warnings": (
        "import warnings\nwarnings.simplefilter('error', BytesWarning)",
        "import warnings\nprint(any(f[2] is BytesWarning for f in warnings.filters if f[0] == 'error'))",
        "False",
    ),
    "a signal": (
        "import signal\nsignal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "import signal\nprint(signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL)",
        "True",
    ),
    "the zone": (
        "import os, time\nos.environ['TZ'] = 'Asia/Tokyo'\ntime.tzset()",
        "import time\nprint(time.tzname[0] == 'JST')",
        "False",
    ),
    "a file": (
        "import tempfile\ntempfile.tempdir = '/left'",
        "import tempfile\nprint(tempfile.tempdir == '/left')",
        "False",
    ),
}


@pytest.fixture(scope="module")
def after(run_cells):
    """Run all changes in one kernel, then look in the next: one output for each."""
    run_cells(*(change for change, _, _ in CHANGES.values()))
    return dict(zip(CHANGES, run_cells(*(look for _, look, _ in CHANGES.values())).cells, strict=True))


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_crosses(after, what):
    output = after[what].outputs[0]
    expected = CHANGES[what][2]
    told = output.get("text") or output["data"]["text/plain"]
    assert told.strip() == expected or (not expected and told.strip() != "77777")


def test_random_numbers_differ_between_kernels(run_cells, said):
    draw = "import random\nimport numpy\nprint(random.random(), numpy.random.random())"
    assert said(run_cells(draw)) != said(run_cells(draw))


def test_pandas_options(run_cells, said):
    run_cells("import pandas\npandas.options.display.max_rows = 3")
    assert said(run_cells("import pandas\nprint(pandas.options.display.max_rows)")).strip() == "60"
