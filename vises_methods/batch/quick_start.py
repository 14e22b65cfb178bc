"""What a process of a batch leaves out of its start."""

from __future__ import annotations

import importlib
import sys

_GRAMMAR = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema, which reading notebooks needs, without the grammar of addresses it would build for a second.

    Only a check of formats that nobody asks for here uses it. Where jsonschema or the grammar is there already, nothing
    is changed; and kernels, in which a notebook may want it, do not call this.
    """
    if "jsonschema" in sys.modules or _GRAMMAR in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]
