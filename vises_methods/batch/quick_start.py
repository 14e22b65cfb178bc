"""What a process of a batch leaves out of its start."""

from __future__ import annotations

import importlib
import sys

_LEFT_OUT = ("rfc3987_syntax", "isoduration")


def import_jsonschema() -> None:
    """Import jsonschema, which reading notebooks needs, without the grammar of addresses it would build for a second.

    Only a check of formats that nobody asks for here uses it, or the reading of durations. Where jsonschema or one of
    the two is there already, nothing is changed; and kernels, in which a notebook may want it, do not call this.
    """
    if not sys.modules.keys().isdisjoint({"jsonschema", *_LEFT_OUT}):
        return
    sys.modules.update(dict.fromkeys(_LEFT_OUT))  # type: ignore[arg-type]
    try:
        importlib.import_module("jsonschema")
    finally:
        for name in _LEFT_OUT:
            del sys.modules[name]
