"""Reading a YAML file: its content, where each key stands, and what is wrong with its form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import yaml

from vises_methods.errors import Problem
from vises_methods.study.text_files import BYTE_ORDER_MARK, read_text_file

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc]
    """Leaves dates as they are written, so that an impossible one is told with its key and not as broken YAML."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _BASE.yaml_implicit_resolvers.items()
    }


_SYNTAX = {
    "mapping values": "yaml_colon",
    "flow": "yaml_bracket",
    "quoted scalar": "yaml_quote",
    "start any token": "yaml_sign",
    "block": "yaml_indentation",
}
"""What the parser says, and the problem that a person can mend."""


@dataclass(frozen=True)
class YamlFile:
    """A YAML file as read; ``content`` is None where it could not be."""

    content: Any
    node: yaml.Node | None
    problems: tuple[Problem, ...]
    sha256: str

    def line(self, path: Sequence[str | int]) -> int | None:
        """Return the line on which a key stands, or the nearest key above it that exists."""
        node, line = self.node, None
        for key in path:
            node, line = _step(node, key, line)
            if node is None:
                break
        return line


def read_yaml(path: Path, where: str) -> YamlFile:
    """Read a YAML file that holds keys and values.

    Parameters
    ----------
    path : Path
    where : str
        The file as problems name it.
    """
    file = read_text_file(path, where)
    if file.text is None:
        return YamlFile(None, None, file.problems, file.sha256)
    try:
        loader = _Loader(file.text.removeprefix(BYTE_ORDER_MARK))
        node = loader.get_single_node()
        doubled = list(_doubled_keys(node, where))
        content = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        return YamlFile(None, None, (_syntax(error, where),), file.sha256)
    except (yaml.YAMLError, ValueError):
        return YamlFile(None, None, (Problem("study.errors.yaml_value", where),), file.sha256)
    if not isinstance(content, dict):
        return YamlFile(None, None, (Problem("study.errors.yaml_no_keys", where, row=1),), file.sha256)
    return YamlFile(content, node, tuple(doubled), file.sha256)


def key_path(path: Sequence[str | int]) -> str:
    """Write the path of a key as ``nodes[3].kind``.

    Examples
    --------
    >>> key_path(["nodes", 3, "kind"])
    'nodes[3].kind'
    """
    written = ""
    for key in path:
        written += f"[{key}]" if isinstance(key, int) else f".{key}" if written else str(key)
    return written


def _step(node: yaml.Node | None, key: str | int, line: int | None) -> tuple[yaml.Node | None, int | None]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return value, name.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key], node.value[key].start_mark.line + 1
    return None, line


def _syntax(error: yaml.MarkedYAMLError, where: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = f"{error.problem} {error.context}"
    code = next((code for words, code in _SYNTAX.items() if words in said), "yaml_syntax")
    values = {"position": "" if mark is None else str(mark.column + 1)}
    return Problem(f"study.errors.{code}", where, row=None if mark is None else mark.line + 1, values=values)


def _doubled_keys(
    node: yaml.Node | None, where: str, path: tuple[str | int, ...] = (), seen: set[int] | None = None
) -> Iterator[Problem]:
    """Tell keys that stand twice; a node that aliases repeat is looked at once, so no file can make this endless."""
    seen = set() if seen is None else seen
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for name, value in node.value:
            line, here = name.start_mark.line + 1, (*path, str(name.value))
            if name.value in lines and name.value != "<<":
                values = {"value": name.value, "first": str(lines[name.value])}
                yield Problem("study.errors.doubled_key", where, row=line, column=key_path(here), values=values)
            lines[str(name.value)] = line
            yield from _doubled_keys(value, where, here, seen)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            yield from _doubled_keys(value, where, (*path, i), seen)
