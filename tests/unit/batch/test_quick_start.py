"""What the processes of a batch leave out when they start."""

import subprocess
import sys

SCRIPT = """
import sys
from vises_methods.batch.quick_start import import_jsonschema
import_jsonschema()
import vises_methods.batch.execution, vises_methods.publish.pages
left_out = {"rfc3987_syntax", "isoduration", "arrow", "statsmodels", "scipy", "pandas", "matplotlib"}
print(*(left_out & sys.modules.keys()))
"""


def test_a_worker_does_not_load_what_only_kernels_need():
    assert subprocess.run([sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True).stdout == "\n"


LOOKING = """
import sys
from vises_methods.cli import run_command
assert run_command(["status", "--ui", "en"]) == 0
left_out = {"numpy", "pandas", "jupyter_client", "jinja2", "papermill", "matplotlib"}
print(*(left_out & sys.modules.keys()), file=sys.stderr)
"""


def test_looking_at_a_study_loads_nothing_that_computes_runs_or_draws():
    looked = subprocess.run([sys.executable, "-c", LOOKING], check=True, capture_output=True, text=True)
    assert looked.stderr == "\n"


RUNNING = """
import sys
from vises_methods.batch.quick_start import import_jsonschema
import_jsonschema()
import vises_methods.batch.commands
print(*({"numpy", "pandas", "papermill", "matplotlib"} & sys.modules.keys()))
"""


def test_the_process_that_runs_a_batch_loads_nothing_that_computes():
    assert subprocess.run([sys.executable, "-c", RUNNING], check=True, capture_output=True, text=True).stdout == "\n"
