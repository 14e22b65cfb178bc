"""A notebook has the same outputs in a forked kernel as in a plain one, cell by cell, bytes of figures included."""

import re

import nbformat
import pytest

A_MOMENT = "\nimport time; time.sleep(0.3)"
"""On a busy machine a plain kernel is told late of what did not go through Python, and the cell is over by then."""
TORTURE = [
    "print('a')\nprint('b', end='')\n6 * 7",
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    "import os\nprint('first', flush=True)\nos.write(1, b'from below\\n')" + A_MOMENT,
    "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.puts(b'printed by C')\nlibc.fflush(None)" + A_MOMENT,
    "import subprocess\nsubprocess.run(['echo', 'from a subprocess'], check=True).returncode" + A_MOMENT,
    "!echo shell\nlines = !printf 'x\\ny'\nlines",
    "from IPython.display import display, clear_output, HTML, Markdown\nshown = display('one', display_id='here')",
    "shown.update('two')\ndisplay(HTML('<b>bold</b>'), Markdown('*it*'))",
    "print('gone')\nclear_output()\nprint('stays')",
    "print('gone later')\nclear_output(wait=True)\ndisplay('in its place')",
    "def inner(x):\n    return 1 / x\ninner(0)",
    "not python at all",
    "raise SystemExit(3)",
    "input('name?')",
    "raise KeyboardInterrupt",
    "import warnings\nwarnings.warn('beware', stacklevel=1)",
    "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    "tasks = [asyncio.create_task(asyncio.sleep(0.01, n)) for n in range(3)]\nawait asyncio.gather(*tasks)",
    "import threading\nthread = threading.Thread(target=print, args=('from a thread',))\nthread.start()\nthread.join()",
    "import multiprocessing\n"
    "with multiprocessing.get_context('fork').Pool(2) as pool:\n    print(pool.map(abs, [-1, -2, 3]))",
    "from concurrent.futures import ThreadPoolExecutor\n"
    "with ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(str, range(3))))",
    "%%time\n0",
    "%%capture kept\nprint('kept')",
    "print(kept.stdout)\n%pwd",
    "%%bash\necho from bash",
    "from comm import create_comm\ncomm = create_comm(target_name='nobody', data={'a': 1})\ncomm.send({'b': 2})\n"
    "comm.close()",
    "comm = create_comm(target_name='jupyter.widget', comm_id='w', data={'state': {'_model_name': 'OutputModel',"
    " '_model_module': '@jupyter-widgets/output', 'outputs': [], 'msg_id': ''}}, metadata={'version': '2.1.0'})",
    "comm.send({'method': 'update', 'state': {'msg_id': get_ipython().kernel.get_parent()['header']['msg_id']},"
    " 'buffer_paths': []})\nprint('into the widget', flush=True)\n"
    "comm.send({'method': 'update', 'state': {'msg_id': ''}, 'buffer_paths': []})\nprint('beside it')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('é')",
    "fig, ax = plt.subplots(figsize=(2, 2))\nax.bar(['a', 'b'], [1, 2])\nplt.show()\nprint('behind the figure')",
    "%config InlineBackend.figure_format",
    "sorted(k for k, v in plt.rcParams.items() if v != plt.rcParamsDefault[k])",
    "import matplotlib\nmatplotlib.get_backend(), type(get_ipython()).__name__, type(sys.stdout).__name__",
    "import __main__\n__name__, __main__.__name__, '' in sys.path, sys.argv[0].rpartition('/')[2]",
    "hash('the same'), os.getcwd() == os.path.realpath('.'), sys.getrecursionlimit(), sys.flags.safe_path",
    "get_ipython().kernel.shell is get_ipython(), 'IPKernelApp' in get_ipython().config, In[1][:3], Out[1]",
    "_, __, ___ ",
    "big = 'x' * 3_000_000\nprint(len(big))\nprint(big[:10])\ndisplay({'text/plain': big}, raw=True)",
]


def outputs(notebook) -> list[list[dict]]:
    """Return all outputs, without the numbers of processes, of places in memory and the time that passed."""
    return [[plain(output) for output in cell.outputs] for cell in notebook.cells]


def plain(value):
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, str):
        value = re.sub(r"(CPU|Wall) time.*", "time", re.sub(r"ipykernel_\d+", "ipykernel_0", value))
        return re.sub(r"0x[0-9a-f]+", "0x0", value)
    return value


@pytest.fixture(scope="module")
def plain_outputs(run_on):
    return outputs(run_on(*TORTURE, engine=None))


def test_cell_by_cell(run_on, plain_outputs):
    forked = run_on(*TORTURE)
    for cell, ours, theirs in zip(TORTURE, outputs(forked), plain_outputs, strict=True):
        assert ours == theirs, cell
    assert sum(map(len, plain_outputs)) > 40


def test_a_second_kernel_gives_the_same_again(run_on, plain_outputs):
    assert outputs(run_on(*TORTURE)) == plain_outputs


def test_widgets_and_language_stand_in_the_metadata(run_on):
    widgets = [cell for cell in TORTURE if "comm" in cell]
    own, other = run_on(*widgets), run_on(*widgets, engine=None)
    assert own.metadata.language_info == other.metadata.language_info
    assert own.metadata.widgets == other.metadata.widgets
    assert "into the widget" in str(own.metadata.widgets)


def test_an_output_that_no_notebook_may_hold_is_refused(run_on):
    with pytest.raises(nbformat.ValidationError):
        run_on("from IPython.display import display\ndisplay({'text/plain': 1}, raw=True)")
