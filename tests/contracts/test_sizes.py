"""A module is one thing, and a function fits on a screen: what is longer is listed here with its reason.

The architecture asks for modules near 200 lines and seldom over 350, functions near 12 and seldom over 40. These limits
stand a little above it, so that they catch what has outgrown its room and not what is merely long for a reason.
"""

import ast
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "vises_methods"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 60

LONG_MODULES: dict[str, str] = {
    "qualitative/reliability.py": "the public agreement functions: half of it is their docstrings, with the references",
}
LONG_FUNCTIONS: dict[str, str] = {
    "outcomes/pooling.py:pool": "one method with many options of the literature; nearly all of it builds one Result",
}


def lines_of_code(path: Path) -> set[int]:
    """Return the numbers of the lines that hold code: no blank line, no comment."""
    beside = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    with path.open("rb") as file:
        tokens = [token for token in tokenize.tokenize(file.readline) if token.type not in (tokenize.ENCODING, *beside)]
    return {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}


def functions(path: Path) -> dict[str, int]:
    """Return the lines of code of each function, its docstring left out."""
    code, found = lines_of_code(path), {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = node.body[0].end_lineno + 1 if ast.get_docstring(node) else node.body[0].lineno
            found[node.name] = len(
                code & {*range(node.lineno, node.body[0].lineno), *range(start, node.end_lineno + 1)}
            )
    return found


def test_no_module_is_longer_than_a_room_can_be():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    long = {name: length for name, length in lengths.items() if length > MOST_LINES_OF_A_MODULE}
    assert {name: length for name, length in long.items() if name not in LONG_MODULES} == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{name}:{function}": length
        for name, path in MODULES.items()
        for function, length in functions(path).items()
        if length > MOST_LINES_OF_A_FUNCTION
    }
    assert {name: length for name, length in long.items() if name not in LONG_FUNCTIONS} == {}


def test_what_is_listed_as_long_still_exists():
    named = {name.partition(":")[0] for name in (*LONG_MODULES, *LONG_FUNCTIONS)}
    assert named <= MODULES.keys()
    assert all(reason for reason in (*LONG_MODULES.values(), *LONG_FUNCTIONS.values()))


def test_the_count_leaves_docstrings_comments_and_blank_lines_out(tmp_path):
    sample = tmp_path / "sample.py"
    sample.write_text('def one(\n    a,\n):\n    """Say.\n\n    More.\n    """\n    # why\n\n    return a\n')
    assert functions(sample) == {"one": 4}
