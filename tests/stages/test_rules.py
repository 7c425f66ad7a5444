"""Circles of needs, slugs, texts and evidence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.stages.graph import Node, circle, leads_back, successors
from roadmap.stages.rules import clean_text, evidence_problem, find_cycle, is_slug, statement_order

NAMES = "abcdef"
GRAPHS = st.dictionaries(st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), max_size=3, unique=True))


@pytest.mark.parametrize(
    ("needs", "groups", "cycle"),
    [
        ({"a": [], "b": ["a"]}, {}, ()),
        ({"a": ["b"], "b": ["a"]}, {}, ("a", "b")),
        ({"a": ["b"], "b": ["c"], "c": ["d"], "d": ["b"]}, {}, ("b", "c", "d")),
        ({"a": ["a"]}, {}, ("a",)),
        ({"a": ["nowhere"]}, {}, ()),
        # c stands in for b, and needs nothing.
        ({"a": ["b"], "b": ["a"], "c": []}, {"b": "g", "c": "g"}, ()),
        # c stands in for b, and needs a too.
        ({"a": ["b"], "b": ["a"], "c": ["a"]}, {"b": "g", "c": "g"}, ("a", "b")),
    ],
)
def test_a_circle_is_found_with_its_path(needs: dict[str, list[str]], groups: dict[str, str], cycle: tuple[str, ...]) -> None:
    assert find_cycle(needs, groups) == cycle


@given(GRAPHS)
def test_a_circle_is_one_and_without_it_everything_can_be_learned(needs: dict[str, list[str]]) -> None:
    cycle = find_cycle(needs, {})
    for one, following in zip(cycle, (*cycle[1:], *cycle[:1]), strict=True):
        assert following in needs[one]
    if not cycle:
        learned: set[str] = set()
        for _ in needs:
            learned |= {skill for skill, of in needs.items() if all(need not in needs or need in learned for need in of)}
        assert learned == set(needs)


def test_needs_follow_replacements() -> None:
    graph = {
        "a": Node("", False, ["old"], []),
        "b": Node("", False, ["a"], []),
        "old": Node("", True, [], ["older", "c"]),
        "older": Node("", True, [], ["b"]),
        "c": Node("", False, [], []),
    }
    assert successors(graph, "old") == ["c", "b"]
    assert circle(graph) == ("a", "b")
    assert not leads_back(graph, "old")
    graph["b"] = Node("", True, [], ["old"])
    assert leads_back(graph, "old")
    assert circle(graph) == ()


@given(st.text())
def test_cleaning_a_text_twice_is_cleaning_it_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_a_text_has_one_form() -> None:
    assert clean_text("  one  \r\n\r\ttwo\t\r\n\n") == "one\n\n\ttwo"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("a", True),
        ("a-1", True),
        ("1", True),
        ("A", False),
        ("a_b", False),
        ("a--b", False),
        ("a-", False),
        ("ä", False),
        ("", False),
        ("a\n", False),
    ],
)
def test_slugs(text: str, answer: bool) -> None:
    assert is_slug(text) is answer


def test_statements_are_sorted_as_the_article_counts() -> None:
    assert sorted(["s10-1", "s2-10", "s2-9"], key=statement_order) == ["s2-9", "s2-10", "s10-1"]


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"imports": ["numpy", "sklearn.cluster"], "note": "n"},
        {"calls": ["pandas.read_csv(chunksize)", "pandas.DataFrame.groupby", "bs4.BeautifulSoup + requests.get(params)"]},
        {"syntax": ["MatMult", "FunctionDef.returns", "arg.annotation"], "at_least": 3},
        {"syntax": ["FunctionDef(*gradient_descent*)", "ClassDef(KMeans)"], "within": ["!tests"]},
        {"files": ["/.github/workflows/*.yml", "*.sql"], "requirements": ["scikit-learn", "ruamel.yaml"], "readme": 8},
        {"calls": ["heapq.heappop"], "within": ["*interview*", "test_*.py"], "at_least": 1},
    ],
)
def test_evidence(evidence: object) -> None:
    assert evidence_problem(evidence) == ""


@pytest.mark.parametrize(
    ("evidence", "problem"),
    [
        ([], "Write a mapping with these keys"),
        ({"x": []}, "Write a mapping with these keys"),
        ({"files": [1]}, "“files” is a list of texts"),
        ({"files": [" "]}, "“files” is a list of texts"),
        ({"files": ["*.sql", "*.sql"]}, "“files” names something twice"),
        ({"note": 1}, "“note” is a text"),
        ({"imports": ["scikit-learn"]}, "“scikit-learn” is nothing that “imports” can name"),
        ({"imports": ["pandas.read_csv(chunksize)"]}, "“pandas.read_csv(chunksize)” is nothing that “imports” can name"),
        ({"calls": ["train_test_split("]}, "“train_test_split(” is nothing that “calls” can name"),
        ({"calls": ["bs4.BeautifulSoup+requests.get"]}, "“bs4.BeautifulSoup+requests.get” is nothing that “calls” can name"),
        ({"requirements": ["numpy>=2"]}, "“numpy>=2” is nothing that “requirements” can name"),
        ({"syntax": ["Function"]}, "“Function” is no node of Python’s grammar"),
        ({"syntax": ["FunctionDef.result"]}, "“FunctionDef.result” is no node of Python’s grammar"),
        ({"syntax": ["For(each)"]}, "“For(each)” is no node of Python’s grammar"),
        ({"syntax": ["parse"]}, "“parse” is no node of Python’s grammar"),
        ({"readme": 9}, "“readme” is a whole number from 0 to 8"),
        ({"at_least": -1}, "“at_least” is a whole number from 0 to 20"),
        ({"at_least": True}, "“at_least” is a whole number from 0 to 20"),
        ({"calls": ["heapq.heappop"], "at_least": 2}, "“at_least” asks for more than “calls” and “syntax” name"),
    ],
)
def test_evidence_with_a_mistake(evidence: object, problem: str) -> None:
    assert evidence_problem(evidence).startswith(problem)
