"""The parameters of a notebook: name, type, default and help, read from the cell tagged ``parameters``.

The cell is read with ``ast`` and ``tokenize``, never executed: ``Literal``, unions and defaults that hold a ``#`` are
read as Python reads them, and a plan is checked before any kernel starts.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from vises_methods.errors import Problem

_SIMPLE = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook.

    Attributes
    ----------
    name : str
    annotation : str
        The type as written: ``str, int, float, bool, list[str]``, ``Literal["fr", "nl"]``, ``X | None``.
    default : object
        The literal that stands in the cell.
    help : str
        The comment at the end of the line.

    Examples
    --------
    >>> Parameter("lang", 'Literal["fr", "nl"]', "fr", "").accepts("en")
    False
    >>> Parameter("draws", "int | None", None, "").accepts(200)
    True
    """

    name: str
    annotation: str
    default: Any
    help: str

    def accepts(self, value: Any) -> bool:
        """Say whether ``value`` is of the parameter's type."""
        return _accepts(_parsed(self.annotation), value)

    def from_text(self, written: str) -> Any:
        """Return the value that a command line means: a text where the type takes it so, else the YAML scalar."""
        if self.accepts(written):
            return written
        try:
            return yaml.safe_load(written)
        except yaml.YAMLError:
            return written


def read_parameters(source: str, where: str) -> tuple[tuple[Parameter, ...], tuple[Problem, ...]]:
    """Read the parameters cell.

    Parameters
    ----------
    source : str
        The source of the cell tagged ``parameters``.
    where : str
        The notebook, for the problems.

    Returns
    -------
    parameters : tuple of Parameter
    problems : tuple of Problem
        Lines that are no annotated literal, types that are not known, defaults of another type.

    Examples
    --------
    >>> parameters, problems = read_parameters('study: str = "demo"  # which study', "notebooks/01.ipynb")
    >>> parameters[0].name, parameters[0].help, problems
    ('study', 'which study', ())
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        return (), (Problem("batch.errors.parameters_syntax", where, row=error.lineno, values={"found": error.msg}),)
    comments = _comments(source)
    parameters, problems = [], []
    for statement in statements:
        read = _parameter(statement, comments, where)
        if isinstance(read, Parameter):
            parameters.append(read)
        elif isinstance(read, Problem):
            problems.append(read)
    return tuple(parameters), tuple(problems)


def check_values(parameters: tuple[Parameter, ...], values: Mapping[str, Any], where: str) -> list[Problem]:
    """Return what is wrong with the values that a notebook is to be given: unknown names, other types."""
    known = {parameter.name: parameter for parameter in parameters}
    problems = []
    for name, value in values.items():
        if name not in known:
            shown = {"name": name, "known": sorted(known)}
            problems.append(Problem("batch.errors.unknown_parameter", where, column=name, values=shown))
        elif not known[name].accepts(value):
            problems.append(_ill_typed(known[name], value, where))
    return problems


def _parameter(statement: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter | Problem | None:
    if isinstance(statement, ast.ImportFrom) and statement.module in ("typing", "__future__"):
        return None
    row = statement.lineno
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=written, value=ast.expr() as value):
            annotation = ast.unparse(written)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            annotation = ""
        case _:
            return Problem("batch.errors.not_a_parameter", where, row, values={"line": ast.unparse(statement)})
    try:
        default = ast.literal_eval(value)
    except ValueError:
        return Problem("batch.errors.not_a_parameter", where, row, values={"line": ast.unparse(statement)})
    annotation = annotation or type(default).__name__
    if not _known(_parsed(annotation)):
        return Problem("batch.errors.unknown_type", where, row, name, {"found": annotation})
    comment = comments.get(statement.end_lineno or row) or comments.get(row, "")
    parameter = Parameter(name, annotation, default, comment)
    return parameter if parameter.accepts(default) else _ill_typed(parameter, default, where, row)


@lru_cache(maxsize=256)
def _parsed(annotation: str) -> ast.expr:
    """Return a type as it is written, read; all enterprises' values are of the same few."""
    return ast.parse(annotation, mode="eval").body


def _ill_typed(parameter: Parameter, value: Any, where: str, row: int | None = None) -> Problem:
    values = {"value": repr(value), "type": type(value).__name__, "allowed": parameter.annotation}
    return Problem("batch.errors.ill_typed_parameter", where, row, parameter.name, values)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _known(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return name in _SIMPLE
        case ast.Constant(value=None):
            return True
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _known(left) and _known(right)
        case ast.Subscript(value=ast.Name(id="Literal")):
            return True
        case ast.Subscript(value=ast.Name(id="list"), slice=item):
            return _known(item)
    return False


def _accepts(node: ast.expr, value: Any) -> bool:
    match node:
        case ast.Constant(value=None):
            return value is None
        case ast.Name(id="float"):
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case ast.Name(id="int"):
            return isinstance(value, int) and not isinstance(value, bool)
        case ast.Name(id=name):
            return isinstance(value, _SIMPLE[name])
        case ast.BinOp(left=left, right=right):
            return _accepts(left, value) or _accepts(right, value)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=options):
            allowed = ast.literal_eval(options)
            allowed = allowed if isinstance(allowed, tuple) else (allowed,)
            return any(type(value) is type(option) and value == option for option in allowed)
        case ast.Subscript(slice=item):
            return isinstance(value, list) and all(_accepts(item, element) for element in value)
    return False
