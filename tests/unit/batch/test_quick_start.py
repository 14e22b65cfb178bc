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
