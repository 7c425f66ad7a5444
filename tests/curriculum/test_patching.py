"""A document is written into a text, and what says the same keeps its lines."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmap.curriculum.files import load_yaml
from roadmap.curriculum.patch import patch
from roadmap.stages.rules import clean_text

TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\n"), max_size=60).map(clean_text)
LONG = st.lists(st.sampled_from(["one", "two: three", "# four", "- five", "'six'", "`seven`", "8", "ñ∑"]), max_size=60).map(" ".join)
NAME = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
ITEM = st.fixed_dictionaries(
    {"slug": NAME}, optional={"why": TEXT, "title": LONG, "hours": st.integers(1, 9) | st.just(1.5), "needs": st.lists(NAME, unique=True)}
)
DOCUMENT = st.fixed_dictionaries(
    {"slug": NAME, "title": TEXT | LONG},
    optional={
        "body": TEXT,
        "pitfalls": st.lists(TEXT | LONG, max_size=4),
        "skills": st.lists(ITEM, max_size=4, unique_by=lambda item: item["slug"]),
        "evidence": st.fixed_dictionaries({}, optional={"imports": st.lists(NAME), "note": TEXT}),
        "draft": st.booleans(),
    },
)


def _clean(value: Any) -> Any:
    """What a document says: texts in their one form, and nothing that is empty."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items() if _clean(item) not in ("", [], {}, False)}
    return value


@settings(max_examples=60, deadline=None)
@given(DOCUMENT, DOCUMENT)
def test_what_is_written_says_what_was_wanted(before: dict[str, Any], after: dict[str, Any]) -> None:
    text = patch("", before)
    assert _clean(load_yaml(text)) == _clean(before)
    assert patch(text, before) == text
    changed = patch(text, after)
    assert _clean(load_yaml(changed)) == _clean(after)
    assert patch(changed, after) == changed


TEXTS = """\
# On top.
slug: a   # behind

title:    "Quoted"
why: |
  One.

  # Not a comment.
pitfalls:
    - first
    # About the second.
    - >-
      second, which is
      folded
skills:
  - slug: x
    needs: [a, b]   # kept

    # Before the title.
    title: X

  - {slug: y, title: Flow}
# The end.
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({}, "", ""),
        ({"title": "Other"}, 'title:    "Quoted"', 'title: "Other"'),
        ({"title": "Say \"it\""}, 'title:    "Quoted"', 'title: "Say \\"it\\""'),
        ({"why": "Two.\n\nThree."}, "  One.\n\n  # Not a comment.\n", "  Two.\n\n  Three.\n"),
        ({"pitfalls": ["first", "another"]}, "    - >-\n      second, which is\n      folded\n", "    - another\n"),
        ({"pitfalls": ["second, which is folded", "first"]}, None, None),
        ({"pitfalls": ["first"]}, "    # About the second.\n    - >-\n      second, which is\n      folded\n", ""),
        ({"goal": "New"}, "# The end.", "goal: New\n# The end."),
    ],
)  # fmt: skip
def test_only_the_lines_of_a_change_change(change: dict[str, Any], before: str | None, after: str | None) -> None:
    wanted = {**load_yaml(TEXTS), **change}
    patched = patch(TEXTS, wanted)
    if before is not None and after is not None:
        assert patched == TEXTS.replace(before, after)
    assert _clean(load_yaml(patched)) == _clean(wanted)


def test_items_move_with_their_comments_and_new_ones_look_like_the_others() -> None:
    wanted = load_yaml(TEXTS)
    wanted["skills"].reverse()
    wanted["skills"].insert(1, {"slug": "z", "needs": ["a"], "title": "Z"})
    wanted["skills"][2]["title"] = "Renamed"
    patched = patch(TEXTS, wanted)
    assert load_yaml(patched) == wanted
    assert "    needs: [a, b]   # kept\n\n    # Before the title.\n    title: Renamed\n" in patched
    assert "  - {slug: y, title: Flow}\n\n  - slug: z\n    needs: [a]\n    title: Z\n\n  - slug: x\n" in patched


@pytest.mark.parametrize(
    "text", ["{slug: a, title: b}\n", "---\nslug: a\ntitle: b\n", "slug: a\ntitle: &it b\nwhy: *it\n", "slug: a\ntitle: b"]
)
def test_unusual_files_are_written_all_the_same(text: str) -> None:
    wanted = {**load_yaml(text), "title": "c"}
    assert _clean(load_yaml(patch(text, wanted))) == wanted
