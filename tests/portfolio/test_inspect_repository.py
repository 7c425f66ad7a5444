"""An editor tries a rule: the command reads a folder or an archive offline, with the rules of the curriculum or of files."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from roadmap.curriculum import snapshot
from roadmap.curriculum.files import CONTENT
from roadmap.portfolio import words
from roadmap.stages.models import Skill
from tests.factories import SkillFactory
from tests.portfolio.repositories import notebook, packed, zipped

FILES = {
    "README.md": "# Flats\n\nEstimates what a flat in Lyon would sell for, so that buyers can compare it.\n",
    "train.py": "import pandas as pd\n\ntable = pd.read_csv('flats.csv')\n",
    "explore.ipynb": notebook("import pandas as pd", "pd.read_csv('x')"),
    "requirements.txt": "pandas\nseaborn\n",
    "old.py": "print 'x'\n",
    ".env": "SECRET_KEY=k2#8fhs(-1mzQ\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    for path, text in FILES.items():
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def rules(db: None) -> None:
    SkillFactory(slug="tables", evidence={"calls": ["pandas.read_csv"]})
    SkillFactory(slug="charts", evidence={"imports": ["seaborn"], "requirements": ["seaborn"]})
    SkillFactory(slug="silent")


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("inspect_repository", *arguments, stdout=out)
    return out.getvalue()


def test_json_has_exactly_the_promised_shape(repository: Path, rules: None) -> None:
    document = json.loads(run(repository, "--json"))
    assert list(document) == ["findings", "readme", "keys", "remarks"]
    assert document["findings"] == [
        {"skill": "tables", "path": "explore.ipynb", "line": 32, "seen": "calls pandas.read_csv", "strength": "used", "cell": 2},
        {"skill": "tables", "path": "train.py", "line": 3, "seen": "calls pandas.read_csv", "strength": "used"},
        {"skill": "charts", "path": "requirements.txt", "line": 2, "seen": "lists seaborn in requirements.txt", "strength": "listed"},
    ]
    assert document["readme"][0] == {
        "key": "problem", "is_found": True, "line": 3, "seen": "Estimates what a flat in Lyon would sell for, so that buyers can compare it.",
    }  # fmt: skip
    assert document["keys"] == [{"path": ".env", "line": 1, "kind": "setting"}]
    assert document["remarks"] == [{"code": "old-python", "path": "old.py", "count": 0}]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tgz", "a.TGZ", "a.zip"])
def test_archives_say_the_same_as_the_folder(repository: Path, rules: None, tmp_path: Path, name: str) -> None:
    archive = tmp_path / name
    archive.write_bytes(zipped(FILES) if name.endswith("zip") else packed(FILES))
    assert json.loads(run(archive, "--json")) == json.loads(run(repository, "--json"))


def test_without_json_it_is_a_table_for_people(repository: Path, rules: None) -> None:
    table = run(repository)
    assert "tables\n  used      explore.ipynb:32, cell 2  calls pandas.read_csv\n" in table
    assert "charts\n  listed    requirements.txt:2  lists seaborn in requirements.txt\n" in table
    assert f"  no   {words.README['data'].title}: {words.README['data'].missing}\n" in table
    assert ".env:1  A password or key in a settings file" in table
    assert "k2#8" not in table
    assert "old.py: It’s written for Python 2, so it wasn’t read." in table


def test_only_the_named_skills_are_looked_for(repository: Path, rules: None) -> None:
    assert {finding["skill"] for finding in json.loads(run(repository, "--json", "--skill", "charts"))["findings"]} == {"charts"}
    with pytest.raises(CommandError, match=r"^No skill has the slug no-such-skill\.$"):
        run(repository, "--skill", "no-such-skill")


def test_rules_can_come_from_content_files(repository: Path, rules: None) -> None:
    found = {finding["skill"] for finding in json.loads(run(repository, "--json", "--content", CONTENT))["findings"]}
    assert "pandas-dataframes" in found
    assert not found & {"tables", "charts"}
    with pytest.raises(CommandError, match="is no folder"):
        run(repository, "--content", repository / "missing")


@pytest.mark.django_db
def test_without_a_curriculum_the_rules_are_those_of_the_shipped_files(repository: Path) -> None:
    assert not Skill.objects.exists()
    assert "pandas-dataframes" in run(repository)


def test_without_a_database_the_rules_are_those_of_the_shipped_files(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> None:
        raise OperationalError

    monkeypatch.setattr(snapshot, "current", unreachable)
    assert "pandas-dataframes" in run(repository)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("missing.zip", None, "cannot be read: No such file or directory."),
        ("a.rar", b"x", "is neither a folder nor a .tar.gz, .tgz or .zip."),
        ("a.tar.gz", b"hello", str(words.UNREADABLE["not-an-archive"])),
        ("a.zip", b"hello", str(words.UNREADABLE["not-an-archive"])),
    ],
)
def test_what_cannot_be_read_ends_in_a_sentence(rules: None, tmp_path: Path, name: str, data: bytes | None, sentence: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(CommandError) as caught:
        run(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}{' ' if sentence[0].islower() else ': '}{sentence}"


def test_every_code_has_its_sentence() -> None:
    """Codes are written in detection, sentences in words: neither is without the other."""
    import re

    code = "\n".join(path.read_text() for path in Path("roadmap/portfolio/detection").glob("*.py"))
    remarks = set(re.findall(r'(?:_remark\(|Remark\(|counts\[|passed_over\[)"([a-z0-9-]+)"', code)) - {"manifest"}
    assert remarks <= set(words.REMARKS)
    assert set(re.findall(r'Unreadable\("([a-z-]+)"\)', code)) <= set(words.UNREADABLE)
