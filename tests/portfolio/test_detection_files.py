"""Files count by their names when something is in them; packages that are listed are the weakest sign; others' code is none."""

import pytest

from roadmap.portfolio.detection.paths import is_within, pattern
from roadmap.portfolio.detection.report import Finding, Remark, Rule
from roadmap.portfolio.detection.rules import rules_of
from tests.portfolio.repositories import notebook, read

CODE = "import numpy as np\nnp.dot(1, 2)\n"
DOT = Rule("skill", calls=("numpy.dot",))


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("Dockerfile", "Dockerfile", True),
        ("Dockerfile", "api/Dockerfile", True),
        ("dockerfile", "Dockerfile", True),
        ("Dockerfile", "Dockerfile.md", False),
        ("/Makefile", "Makefile", True),
        ("/Makefile", "docs/Makefile", False),
        ("*.sql", "queries/top.sql", True),
        ("tests/test_*.py", "tests/test_api.py", True),
        ("tests/test_*.py", "backend/tests/test_api.py", False),
        ("**/tests/test_*.py", "backend/tests/test_api.py", True),
        ("**/tests/test_*.py", "tests/test_api.py", True),
        ("src/**/*.py", "src/a/b/c.py", True),
        ("src/**/*.py", "src/c.py", True),
        ("src/*.py", "src/a/c.py", False),
        (".github/workflows/*.yml", ".github/workflows/ci.yml", True),
        ("a?.txt", "ab.txt", True),
        ("a.txt", "abtxt", False),
        ("docs/**", "docs/a/b.md", True),
    ],
)
def test_patterns_are_read_as_in_gitignore(glob: str, path: str, fits: bool) -> None:
    assert bool(pattern(glob).fullmatch(path)) is fits


@pytest.mark.parametrize(
    ("globs", "path", "lies"),
    [
        (("tests",), "tests/a.py", True),
        (("tests",), "api/tests/unit/a.py", True),
        (("tests",), "src/tests.py", False),
        (("test_*.py",), "src/test_a.py", True),
        (("leetcode*",), "leetcode-75/a.py", True),
        (("src/*.py",), "src/a.py", True),
        (("src/*.py",), "x/src/a.py", False),
        (("!tests",), "src/a.py", True),
        (("!tests",), "tests/a.py", False),
        (("src", "!tests"), "src/tests/a.py", False),
    ],
)
def test_places_are_names_of_folders_and_files(globs: tuple[str, ...], path: str, lies: bool) -> None:
    assert is_within(globs, path) is lies


# --- Something must be in a file ------------------------------------------------------------------------------------

WORKFLOW = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"


@pytest.mark.parametrize(
    ("path", "full", "empty"),
    [
        ("Dockerfile", "FROM python:3.12\nRUN pip install x\n", "# FROM python:3.12\n"),
        (".github/workflows/ci.yml", WORKFLOW, "# later\n"),
        (".github/workflows/ci.yml", WORKFLOW, "on: push\n"),
        (".github/workflows/ci.yml", WORKFLOW, "jobs: [\n"),
        ("docker-compose.yml", "services:\n  web:\n    image: x\n", "version: '3'\n# services\nx: 1\ny: 2\nz: 3\n"),
        (".pre-commit-config.yaml", "repos:\n  - repo: https://x\n", "repos: []\n"),
        (".gitlab-ci.yml", "test:\n  script: pytest\n", "stages: [a]\n"),
        ("Makefile", "train:\n\tpython train.py\n", "# train:\nX := 1\nY := 2\nZ := 3\n"),
        ("tests/test_a.py", "def test_a():\n    assert True\n", "import pytest\nx = 1\n"),
        ("tests/test_a.py", "class TestA:\n    def test_a(self): ...\n", ""),
        ("main.py", "print(1)\n", '"""Later."""\nimport os\n'),
        ("__init__.py", "x = 1\n", "\n"),
        ("q.sql", "SELECT a, b FROM c;\n", "-- SELECT a, b FROM c;\n"),
        ("q.sql", "WITH a AS (SELECT 1 AS b) SELECT b FROM a;\n", "CREATE TABLE a (b int);\nINSERT INTO a VALUES ('SELECT a FROM b');\n"),
        ("q.sql", "select a from b", "-- PostgreSQL database dump\nSELECT pg_catalog.set_config('search_path', '', false);\n"),
        ("notes.md", "# Notes\n\nWhat I read, and what it says about trees and forests.\n", "# Notes\n"),
        ("LICENSE", "MIT License\n\nPermission is hereby granted, free of charge, to any person\n", "MIT\n"),
        (".gitignore", "data/\n*.csv\n.venv\n", "# nothing\n"),
        ("Procfile", "web: gunicorn app:app\n", "\n"),
        ("requirements.txt", "numpy\n", "# later\n"),
        ("model.joblib", "x" * 100, "x"),
        ("data/.gitkeep", "", "\n"),
        ("a.ipynb", notebook("x = 1"), notebook()),
    ],
)
def test_a_file_counts_when_something_is_in_it(path: str, full: str, empty: str) -> None:
    rule = Rule("skill", files=(path.rpartition("/")[2],))
    assert read({path: full}, rule).findings == (() if not full else (Finding("skill", path, 1, f"has {path.rpartition('/')[2]}", "used"),))
    assert read({path: empty}, rule).findings == ()


# --- Others' code ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "folder",
    [".venv/lib/python3.12/site-packages/x", "venv/lib", "node_modules/x", "vendor/x", "third_party", "src/_vendor", "a.egg-info", "x/.ipynb_checkpoints", ".tox/py312", "Lib/site-packages"],
)  # fmt: skip
def test_vendored_code_shows_nothing(folder: str) -> None:
    report = read({f"{folder}/a.py": CODE}, DOT)
    assert (report.findings, report.remarks) == ((), (Remark("no-python"), Remark("vendored", count=1)))


@pytest.mark.parametrize("place", ["env/pyvenv.cfg", "x/env/pyvenv.cfg"])
def test_an_environment_of_any_name_is_known_by_its_file(place: str) -> None:
    folder = place.removesuffix("/pyvenv.cfg")
    assert read({f"{folder}/a.py": CODE, place: "home = /usr\n"}, DOT).findings == ()
    assert len(read({f"{folder}/a.py": CODE}, DOT).findings) == 1


@pytest.mark.parametrize(
    "head",
    ["# @generated by a tool\n", "# Code generated by protoc. DO NOT EDIT.\n", "#!/usr/bin/env python\n# this file was auto-generated, do not modify\n", '"""\n    Do not edit the class manually.\n"""\n'],
)  # fmt: skip
def test_generated_code_shows_nothing(head: str) -> None:
    report = read({"a.py": head + CODE}, DOT)
    assert (report.findings, report.remarks) == ((), (Remark("generated", count=1),))
    assert read({"a_pb2.py": CODE}, DOT).findings == ()


def test_exercises_and_notebooks_that_colab_wrote_as_scripts_are_their_authors_own() -> None:
    assert len(read({"a.py": "# DO NOT EDIT this cell\n" + CODE}, DOT).findings) == 1
    head = '# -*- coding: utf-8 -*-\n"""a.ipynb\n\nAutomatically generated by Colaboratory.\n"""\n\n!pip install numpy\n'
    assert len(read({"a.py": head + CODE}, DOT).findings) == 1


def test_of_a_fork_only_the_files_that_its_commits_changed_count() -> None:
    files = {"a.py": CODE, "b.py": CODE, "requirements.txt": "numpy\n", "q.sql": "select a from b", "README.md": "# A\n"}
    rules = (DOT, Rule("listed", requirements=("numpy",)), Rule("query", files=("*.sql",)))
    report = read(files, *rules, only={"b.py"})
    assert [(finding.skill, finding.path) for finding in report.findings] == [("skill", "b.py")]
    assert Remark("not-own", count=3) in report.remarks
    assert read(files, *rules, only=set()).findings == ()


def test_other_languages_are_told_of() -> None:
    report = read({"a.R": "x <- 1\n", "b.sh": "ls\n", "c.sh": "ls\n"}, DOT)
    assert report.remarks == (Remark("no-python"), Remark("language-r", count=1), Remark("language-shell", count=2))
    assert read({"a.py": CODE, "b.sh": "ls\n"}, DOT).remarks == ()


# --- Listed packages ------------------------------------------------------------------------------------------------

SETUP = (
    "from setuptools import setup\nWANTED = ['scikit-learn>=1']\nsetup(name='x', install_requires=WANTED, extras_require={'a': ['x']})\n"
)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("requirements.txt", "# packages\nscikit-learn==1.5  # models\n", 2),
        ("requirements.txt", "Scikit_Learn[alldeps] >= 1.0 ; python_version > '3.8'\n", 1),
        ("requirements.txt", "scikit-learn==1.0 \\\n    --hash=sha256:abc\n", 1),
        ("requirements.txt", "scikit-learn @ https://example.org/a.whl\n", 1),
        ("requirements.txt", "-e git+https://example.org/a.git#egg=scikit-learn\n", 1),
        ("requirements.txt", "pandas\nscikit-learn=1.0\n".encode("utf-16").decode("latin-1"), 2),
        ("requirements-dev.txt", "scikit-learn\n", 1),
        ("requirements/base.in", "scikit-learn\n", 1),
        ("dev-requirements.txt", "scikit-learn\n", 1),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = [\n  "scikit-learn>=1",\n]\n', 4),
        ("pyproject.toml", '[project]\nname = "x"\n[project.optional-dependencies]\nml = ["scikit-learn"]\n', 4),
        ("pyproject.toml", '[dependency-groups]\ndev = ["scikit-learn", {include-group = "x"}]\n', 2),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.12"\nscikit-learn = "^1"\n', 3),
        ("pyproject.toml", '[tool.poetry.group.ml.dependencies]\nscikit-learn = {version = "1"}\n', 2),
        ("setup.cfg", "[options]\ninstall_requires =\n    pandas\n    scikit-learn>=1\n", 4),
        ("setup.py", SETUP, 2),
        ("Pipfile", '[packages]\nscikit-learn = "*"\n', 2),
        ("environment.yml", "dependencies:\n  - python=3.12\n  - conda-forge::scikit-learn=1.5=py312\n", 3),
        ("environment.yml", "dependencies:\n  - pip\n  - pip:\n      - scikit-learn==1.0\n", 4),
    ],
)
def test_packages_are_found_where_projects_list_them(path: str, text: str, line: int) -> None:
    data = text.encode("latin-1") if text.startswith("ÿþ") else text.encode()
    report = read({path: data}, Rule("skill", requirements=("scikit-learn",)))
    assert report.findings == (Finding("skill", path, line, f"lists scikit-learn in {path}", "listed"),)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "# scikit-learn\n-r scikit-learn\n--find-links scikit-learn\nscikit-learn-extra\n./scikit-learn\n"),
        ("constraints.txt", "scikit-learn\n"),
        ("notes.txt", "scikit-learn\n"),
        ("pyproject.toml", '[project]\nname = "scikit-learn"\n[tool.scikit-learn]\nx = 1\n'),
        ("setup.py", "# install_requires=['scikit-learn']\nx = ['scikit-learn']\n"),
        ("environment.yml", "name: scikit-learn\ndependencies:\n  - python\n"),
    ],
)
def test_a_name_that_is_no_requirement_does_not_count(path: str, text: str) -> None:
    assert read({path: text}, Rule("skill", requirements=("scikit-learn",))).findings == ()


@pytest.mark.parametrize(("path", "text"), [("pyproject.toml", "[project\n"), ("Pipfile", "x ="), ("environment.yml", "dependencies: [\n"), ("setup.cfg", "no section\n"), ("setup.py", "setup(\n")])  # fmt: skip
def test_a_manifest_that_cannot_be_parsed_is_remarked(path: str, text: str) -> None:
    assert Remark("manifest-not-parsed", path) in read({path: text}, Rule("skill", requirements=("x",))).remarks


def test_aliases_of_yaml_that_multiply_are_not_followed() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 60)) + "dependencies: *a59\n"
    assert read({"environment.yml": bomb}, Rule("skill", requirements=("x",))).findings == ()


def test_only_the_strongest_sign_of_a_skill_is_told() -> None:
    rule = Rule("skill", imports=("numpy",), requirements=("numpy",))
    listed, imported, used = {"requirements.txt": "numpy\n"}, {"a.py": "import numpy\n"}, {"b.py": CODE}
    assert [finding.strength for finding in read({**listed}, rule).findings] == ["listed"]
    assert [finding.strength for finding in read({**listed, **imported}, rule).findings] == ["imported"]
    assert [finding.strength for finding in read({**listed, **imported, **used}, rule).findings] == ["used"]


def test_rules_come_from_the_evidence_of_skills() -> None:
    evidence = {
        "a": {"imports": ["numpy"], "calls": ["numpy.dot"], "note": "A note.", "at_least": 2, "within": ["src"]},
        "b": {},
        "c": {"note": "None can be."},
        "d": {"readme": 5},
    }
    assert rules_of(evidence) == [
        Rule("a", imports=("numpy",), calls=("numpy.dot",), at_least=2, within=("src",)),
        Rule("d", readme=5),
    ]
