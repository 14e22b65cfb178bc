"""What a page shows of an executed notebook."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from vises_methods.language.display import box
from vises_methods.publish.pages import PageContext, page_html

CONTEXT = PageContext(study={}, notice={}, methodology={}, name="Abeille", index="../index.html", pages=[])


def shows(markup: str) -> nbformat.NotebookNode:
    return new_code_cell("x", outputs=[new_output("display_data", {"text/html": markup})])


def test_that_there_is_no_result_is_said_once_a_section():
    none, other = box("absent", "nobody was asked twice", "en"), box("absent", "no series", "en")
    cells = [new_markdown_cell("## A"), shows(none), shows(none), shows(other), new_markdown_cell("## B"), shows(none)]
    notebook = new_notebook(cells=cells)
    page = page_html(notebook, "05_x", "en", CONTEXT)
    assert page.count("nobody was asked twice") == 2
    assert page.count("no series") == 1
    assert [len(cell.outputs) for cell in notebook.cells if cell.cell_type == "code"] == [1, 1, 1, 1]


def test_whatever_else_is_said_twice_stays():
    page = page_html(new_notebook(cells=[shows(box("read", "look", "en")) for _ in "ab"]), "05_x", "en", CONTEXT)
    assert page.count("look") == 2


def test_an_image_without_words_says_so_and_others_keep_theirs():
    cells = [shows("<img src='a.png'>"), shows('<img src="b.png" alt="a bar">'), new_markdown_cell("![](c.png)")]
    page = page_html(new_notebook(cells=cells), "05_x", "fr", CONTEXT)
    assert "<img alt=\"Une image que le notebook ne décrit pas\" src='a.png'>" in page
    assert page.count("ne décrit pas") == 1
    assert 'alt="a bar"' in page


def test_a_notebook_is_as_it_was_after_its_page_was_made():
    notebook = new_notebook(cells=[shows(box("absent", "nobody was asked twice", "en")), new_markdown_cell("A")])
    before = nbformat.writes(notebook)
    page_html(notebook, "05_x", "en", CONTEXT)
    assert nbformat.writes(notebook) == before
