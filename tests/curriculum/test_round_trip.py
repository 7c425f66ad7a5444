"""Loading twice is loading once, and dumping what was loaded changes nothing, whatever the curriculum."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.curriculum.dumper import dump
from roadmap.curriculum.loader import load
from roadmap.curriculum.models import LoadedFile
from tests.curriculum.folders import Folder, everything, skill, stage

LINE = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).map(str.strip).filter(bool)
MARKDOWN = st.lists(
    LINE | st.sampled_from(["", "```python\nx = 1\n\ty: 2\n```", "- one\n- two", "# Title", "| a |\n| - |"]), min_size=1, max_size=4
).map("\n\n".join)
WRITTEN = MARKDOWN.filter(lambda text: bool(text.strip()))
FIELDS = st.fixed_dictionaries(
    {"title": LINE, "why": WRITTEN, "how": WRITTEN, "hours": st.integers(1, 90) | st.sampled_from([0.5, 1.5, 12.5])},
    optional={
        "aliases": st.lists(LINE, unique_by=str.strip, max_size=3),
        "pitfalls": st.lists(LINE, min_size=1, max_size=3),
        "use_when": MARKDOWN,
        "evidence": st.fixed_dictionaries(
            {},
            optional={
                "imports": st.just(["numpy", "scipy.stats"]),
                "calls": st.just(["pandas.read_csv(chunksize)", "bs4.BeautifulSoup + requests.get"]),
                "syntax": st.just(["FunctionDef", "FunctionDef.returns"]),
                "files": st.lists(LINE, max_size=2, unique_by=str.strip),
                "within": st.lists(LINE, max_size=2, unique_by=str.strip),
                "readme": st.integers(0, 8),
                "at_least": st.integers(0, 1),
                "note": LINE,
            },
        ),
        "carries": st.just(["s2-1", "s1-1"]),
    },
)
CURRICULA = st.lists(FIELDS, min_size=2, max_size=5)


def _curriculum(path: Path, skills: list[dict[str, Any]]) -> Folder:
    made = [skill(f"skill-{number}", needs=[f"skill-{number - 1}"] if number else [], **fields) for number, fields in enumerate(skills)]
    retired = [{"slug": "gone", "title": "Gone", "replaced_by": ["skill-0"]}]
    return Folder(path, [stage("ground", 1, made[:1], retired=retired), stage("models", 2, made[1:])])


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(CURRICULA)
def test_any_curriculum_comes_back_as_it_was(skills: list[dict[str, Any]]) -> None:
    with transaction.atomic(), tempfile.TemporaryDirectory() as name:
        folder = _curriculum(Path(name) / "content", skills)
        before = folder.texts()
        load(folder.path)
        content = everything()
        LoadedFile.objects.all().delete()
        assert load(folder.path).is_clean
        assert dump(folder.path) == []
        assert folder.texts() == before
        other = Path(name) / "other"
        other.mkdir()
        dump(other)
        assert load(other).is_clean
        assert everything() == content
        transaction.set_rollback(True)
