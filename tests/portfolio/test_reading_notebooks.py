"""Notebooks are read cell by cell: code, not outputs, and every line keeps its place in the stored file."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.portfolio.detection import notebooks
from roadmap.portfolio.detection.limits import Limits
from roadmap.portfolio.detection.report import Finding, Remark, Rule
from tests.portfolio.repositories import notebook, read

RULE = Rule("skill", calls=("pandas.read_csv",))


def test_a_finding_names_the_cell_and_the_line_in_the_stored_file() -> None:
    text = notebook("# a first cell\n", 'import pandas as pd\n\ndf = pd.read_csv("a.csv")\ndf.head()')
    (finding,) = read({"a.ipynb": text}, RULE).findings
    assert finding == Finding("skill", "a.ipynb", finding.line, "calls pandas.read_csv", "used", cell=2)
    assert "pd.read_csv" in text.splitlines()[finding.line - 1]


def test_the_cell_is_counted_among_all_cells() -> None:
    document = json.loads(notebook("import pandas as pd", "pd.read_csv('x')"))
    document["cells"].insert(1, {"cell_type": "markdown", "source": "pd.read_csv('x')"})
    (finding,) = read({"a.ipynb": json.dumps(document)}, RULE).findings
    assert (finding.cell, finding.line) == (3, 1)


def test_a_source_of_one_text_is_read_too() -> None:
    document = json.loads(notebook("x"))
    document["cells"][0]["source"] = "import pandas as pd\nfor a in b:\n    pd.read_csv('ü\\n\"')\n"
    text = json.dumps(document, indent=1)
    (finding,) = read({"a.ipynb": text}, RULE).findings
    assert "read_csv" in text.splitlines()[finding.line - 1]


def test_format_3_is_read_too() -> None:
    cell = {"cell_type": "code", "input": ["import pandas as pd\n", "pd.read_csv('x')"], "language": "python", "outputs": []}
    text = json.dumps({"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": [cell]}]}, indent=1)
    (finding,) = read({"a.ipynb": text}, RULE).findings
    assert (finding.cell, finding.seen) == (1, "calls pandas.read_csv")
    assert "read_csv" in text.splitlines()[finding.line - 1]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_only_code_cells_count(kind: str) -> None:
    assert read({"a.ipynb": notebook("import pandas as pd\npd.read_csv('x')", kind=kind)}, RULE).findings == ()


def test_outputs_do_not_count() -> None:
    document = json.loads(notebook("x = 1"))
    document["cells"][0]["outputs"] = [{"cell_type": "code", "source": ["import pandas as pd\n", "pd.read_csv('x')\n"], "cells": [{}]}]
    assert read({"a.ipynb": json.dumps(document)}, RULE).findings == ()


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "!pip install pandas",
        "?pd.read_csv",
        "pd.read_csv?",
        "files = !ls",
        "if x:\n    !ls",
        "!ls \\\n  -l",
        "%%time",
    ],
)
def test_magics_are_taken_out(magic: str) -> None:
    assert len(read({"a.ipynb": notebook(f"{magic}\nimport pandas as pd\npd.read_csv('x')\n")}, RULE).findings) == 1


def test_a_timed_statement_counts() -> None:
    assert len(read({"a.ipynb": notebook("import pandas as pd", "%time df = pd.read_csv('x')")}, RULE).findings) == 1


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile a.py", "%%html", "%%javascript", "%%sql"])
def test_a_cell_in_another_language_does_not_count(magic: str) -> None:
    report = read({"a.ipynb": notebook(f"{magic}\nimport pandas as pd\npd.read_csv('x')")}, RULE)
    assert (report.findings, report.remarks) == ((), ())


def test_a_broken_cell_does_not_lose_the_others() -> None:
    report = read({"a.ipynb": notebook("import pandas as pd", "print 'old'", "pd.read_csv('x')")}, RULE)
    assert [finding.cell for finding in report.findings] == [3]
    assert report.remarks == (Remark("broken-cells", "a.ipynb", 1),)


def test_a_function_of_one_cell_is_known_in_the_next() -> None:
    cells = ("import pandas as pd", "def load():\n    return pd.read_csv('x')", "df = load()\ndf.corr()")
    (finding,) = read({"a.ipynb": notebook(*cells)}, Rule("skill", calls=("pandas.DataFrame.corr",))).findings
    assert finding.cell == 3


@pytest.mark.parametrize(
    ("language", "code"), [("R", "language-r"), ("julia", "language-julia"), ("scala", "language-scala"), ("Q#", "language-other")]
)
def test_a_notebook_in_another_language_shows_nothing_and_is_said_so(language: str, code: str) -> None:
    report = read({"a.ipynb": notebook("import pandas as pd\npd.read_csv('x')", language=language)}, RULE)
    assert (report.findings, report.remarks) == ((), (Remark(code, count=1),))


def test_a_kernel_tells_the_language_where_nothing_else_does() -> None:
    document = json.loads(notebook("import pandas as pd\npd.read_csv('x')"))
    for metadata, is_python in (({"kernelspec": {"name": "ir"}}, False), ({"kernelspec": {"name": "julia-1.9"}}, False), ({}, True)):
        assert bool(read({"a.ipynb": json.dumps(document | {"metadata": metadata})}, RULE).findings) is is_python


def test_a_cell_of_sql_counts_for_what_files_of_sql_show() -> None:
    rule = Rule("skill", files=("*.sql",))
    assert [finding.cell for finding in read({"a.ipynb": notebook("x = 1", "%%sql\nSELECT a FROM b")}, rule).findings] == [2]
    assert read({"a.ipynb": notebook("%%sql\nCREATE TABLE a (b int)")}, rule).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "not json",
        '{"cells": [',
        '{"cells": []}}',
        "<<<<<<< HEAD\n{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"cells": "\\q"',
    ],
)
def test_what_is_no_notebook_ends_in_a_remark(text: str) -> None:
    report = read({"a.ipynb": text}, RULE)
    assert report.remarks == (Remark("not-a-notebook", "a.ipynb"),)


def test_outputs_are_no_part_of_the_size_of_the_code() -> None:
    document = json.loads(notebook("import pandas as pd\npd.read_csv('x')"))
    document["cells"][0]["outputs"][0]["text"] = ["x" * 1000] * 2000
    assert len(read({"a.ipynb": json.dumps(document)}, RULE).findings) == 1


def test_too_much_code_ends_in_a_remark() -> None:
    limits = Limits(code=1000)
    for source in ("x = 1\n" * 200, "x = 1\n" * 100_000):
        report = read({"a.ipynb": notebook(source)}, RULE, limits=limits)
        assert report.remarks == (Remark("file-too-large", "a.ipynb"),)
    assert read({"a.ipynb": notebook("x = 1\n")}, RULE, limits=Limits(notebook=100)).remarks == (Remark("notebook-too-large", "a.ipynb"),)


def test_an_empty_notebook_is_no_notebook_for_a_pattern() -> None:
    rule = Rule("skill", files=("*.ipynb",))
    assert read({"a.ipynb": notebook("  \n"), "b.ipynb": notebook("x = 1", kind="markdown")}, rule).findings == ()
    assert len(read({"a.ipynb": notebook("x = 1")}, rule).findings) == 1


@given(st.binary(max_size=300))
def test_random_bytes_are_no_notebook_and_nothing_else(data: bytes) -> None:
    with contextlib.suppress(notebooks.NotANotebook):
        notebooks.read(data, 10_000)


_KEYS = st.sampled_from(["cells", "cell_type", "source", "metadata", "worksheets", "input", "language", "other"])
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
_JSON: st.SearchStrategy[object] = st.deferred(lambda: _LEAVES | st.lists(_JSON, max_size=3) | st.dictionaries(_KEYS, _JSON, max_size=3))


@given(st.dictionaries(st.sampled_from(["cells", "metadata", "worksheets", "nbformat"]), _JSON), st.sampled_from([None, 1]))
def test_any_object_of_json_can_be_scanned(document: dict[str, object], indent: int | None) -> None:
    notebooks.read(json.dumps(document, indent=indent).encode(), 10_000)


@given(st.lists(st.text(alphabet=st.characters(blacklist_categories=["Cs"])), min_size=1, max_size=5), st.booleans())
def test_code_comes_out_as_it_was_written(sources: list[str], is_ascii: bool) -> None:
    document = {"cells": [{"cell_type": "code", "source": source} for source in sources]}
    found = notebooks.read(json.dumps(document, ensure_ascii=is_ascii).encode(), 1_000_000)
    assert [cell.code for cell in found.cells] == sources
