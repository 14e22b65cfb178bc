"""What is written sooner is written the same, byte for byte."""

import copy
import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vises_methods.batch.written import json_text, notebook_text

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NESTED = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=25
)


@settings(max_examples=40)
@given(NESTED)
def test_json_is_what_the_library_writes(value):
    assert json_text(value) == json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError, match="bytes"):
        json_text({"a": [b"x"]})


def test_a_notebook_is_what_nbformat_writes_and_stays_as_it_is():
    v4 = nbformat.v4
    outputs = [
        v4.new_output("stream", text="one\ntwo"),
        v4.new_output("display_data", {"text/plain": "a\nb", "image/png": "iVBO\n", "application/json": {"x": [1]}}),
        v4.new_output("execute_result", {"text/html": "<p>\n</p>"}, execution_count=2),
        v4.new_output("error", ename="E", evalue="é", traceback=["a\nb"]),
    ]
    text = v4.new_markdown_cell("x\ny", attachments={"a.txt": {"text/plain": "p\nq"}}, metadata={"trusted": True})
    cells = [text, v4.new_code_cell("y\nz", outputs=outputs, metadata={"tags": ["t"]}), v4.new_raw_cell("r\n")]
    notebook = v4.new_notebook(cells=cells, metadata={"signature": "s", "vises": {"scope": "study"}})
    before = copy.deepcopy(notebook)
    assert notebook_text(notebook) == nbformat.writes(notebook)
    assert notebook == before
