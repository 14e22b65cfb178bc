"""What notebooks need is loaded before the first fork: a kernel that reads an enterprise's data imports nothing."""

import os
import subprocess
import sys

SCRIPT = """
import sys
from vises_methods.batch.warm import preload
preload.load()
from vises_methods.study import open_enterprise
from vises_methods.synthesis import enterprise_tree
before = set(sys.modules)
case = open_enterprise("demo", "vire-lune")
case.tables(), case.profile, case.questions, case.inputs(), enterprise_tree(case)
print(*sorted(set(sys.modules) - before))
"""


def test_reading_an_enterprise_imports_nothing():
    variables = {name: value for name, value in os.environ.items() if name != "VISES_PRELOAD"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=variables, check=True, capture_output=True, text=True, timeout=300
    )
    assert done.stdout == "\n"
