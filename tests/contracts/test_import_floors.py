"""Imports go down only, so that a method can be used from any project and no room knows those above it.

A room that imports from above has taken on another room's work: move the work, not the floor.
"""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "vises_methods"
FLOORS = {
    "catalogue": 0,
    "errors": 0,
    "media_type": 0,
    "randomness": 0,
    "result_html": 0,
    "results": 0,
    "methodology": 1,
    "study": 1,
    "qualitative": 2,
    "indicators": 2,
    "outcomes": 2,
    "synthesis": 3,
    "language": 4,
    "plots": 5,
    "batch": 6,
    "publish": 6,
    "pseudonymisation": 7,
    "cli": 8,
}
APPROACHES = ("qualitative", "indicators", "outcomes")
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative imports hide the floor"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("vises_methods.")}
    return found & FLOORS.keys()


def test_every_room_has_a_floor():
    assert {room(path) for path in MODULES} <= FLOORS.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    here = room(path)
    above = {other for other in imported_rooms(path) - {here} if FLOORS[other] > FLOORS[here]}
    assert not above, f"{here} stands on floor {FLOORS[here]} and imports {sorted(above)} from above"


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room(p) in APPROACHES], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_the_approaches_know_only_the_ground_floor(path):
    allowed = {name for name, floor in FLOORS.items() if floor == 0} | {room(path)}
    assert imported_rooms(path) <= allowed
