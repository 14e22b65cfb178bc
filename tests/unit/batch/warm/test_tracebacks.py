"""Endless recursion is told briefly: where it began, where it ended, and not the thousands of frames between."""

import pytest

from vises_methods.batch.warm.tracebacks import MOST_AT_EACH_END

HERE = "def f(n):\n    return f(n + 1)"
THERE_AND_BACK = "def g(n):\n    return h(n)\n\ndef h(n):\n    return g(n)"
THROUGH_A_PACKAGE = "import json\n\ndef k(_):\n    return json.dumps(object(), default=k)"
WRAPPED = f"{HERE}\n\ndef w():\n    try:\n        f(0)\n    except RecursionError as error:\n        f(0)"

COUNTED = (
    "import sys\nframes, step = 0, sys.last_value.__traceback__\n"
    "while step:\n    frames, step = frames + 1, step.tb_next\nprint(frames)"
)


@pytest.mark.parametrize(
    ("definition", "call"), [(HERE, "f(0)"), (THERE_AND_BACK, "g(0)"), (THROUGH_A_PACKAGE, "k(0)"), (WRAPPED, "w()")]
)
def test_endless_recursion_is_told_with_its_cell_and_line(run_on, definition, call):
    *_, cell, counted = run_on(definition, call, COUNTED).cells
    (output,) = cell.outputs
    assert int(counted.outputs[0].text) <= 2 * MOST_AT_EACH_END
    told = "\n".join(output.traceback)
    assert output.ename == "RecursionError"
    assert "maximum recursion depth exceeded" in output.evalue
    assert "Cell" in told
    assert "In[2]" in told
    assert "In[1]" in told
    assert len(told.splitlines()) < 600


def test_other_errors_are_shown_whole(run_on):
    *_, cell = run_on("def deep(n):\n    return deep(n - 1) if n else 1 / 0", "deep(40)").cells
    assert cell.outputs[0].ename == "ZeroDivisionError"
