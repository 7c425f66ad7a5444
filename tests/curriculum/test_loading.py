"""Loading: complete, idempotent, all or nothing; every mistake a sentence."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from roadmap.curriculum import snapshot
from roadmap.curriculum.files import CONTENT, ContentError, load_yaml
from roadmap.curriculum.loader import load
from roadmap.curriculum.models import LoadedEntry, LoadedFile, Revision
from roadmap.resources.models import Resource
from roadmap.stages.models import Advice, DonePoint, IdeaSkill, Prerequisite, RubricItem, Skill, Stage, Statement
from tests.curriculum.folders import Folder, everything, skill, stage


def _run(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("load_curriculum", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_whole_curriculum_is_loaded(real_curriculum: snapshot.Snapshot) -> None:
    documents = [load_yaml(file.read_bytes()) for file in sorted((CONTENT / "stages").glob("*.yaml"))]
    skills = [held for document in documents for held in document["skills"]]
    projects = [held for document in documents for held in document["projects"]]
    assert Stage.objects.published().count() == len(documents) == 8
    assert [held.slug for held in real_curriculum] == [held["slug"] for held in skills]
    assert len(skills) == 95
    assert DonePoint.objects.count() == sum(len(held["done"]) for held in skills)
    assert Prerequisite.objects.count() == sum(len(held["needs"]) for held in skills)
    assert Advice.objects.count() == sum(len(document["advice"]) for document in documents)
    assert list(real_curriculum.ideas) == [held["slug"] for held in projects]
    assert len(projects) == 33
    assert RubricItem.objects.count() == sum(len(held["rubric"]) for held in projects)
    assert IdeaSkill.objects.count() == sum(len(held["skills"]) for held in projects)
    resources = load_yaml((CONTENT / "resources.yaml").read_bytes())
    assert list(Resource.objects.values_list("slug", "url")) == [(held["slug"], held["url"]) for held in resources]
    assert len(resources) == 260
    statements = load_yaml((CONTENT / "statements.yaml").read_bytes())
    assert set(real_curriculum.statements) == {held["id"] for held in statements}
    assert set(Statement.objects.filter(skills=None, advice=None, ideas=None)) == set()


def test_editor_loads_twice_and_the_second_changes_nothing(loaded: Folder) -> None:
    before, revision = everything(), Revision.objects.get().number
    assert _run("--content", str(loaded.path)) == "0 added, 0 changed, 0 retired, 0 conflicts\n"
    LoadedFile.objects.all().delete()  # no file is skipped
    assert _run("--content", str(loaded.path)) == "0 added, 0 changed, 0 retired, 0 conflicts\n"
    assert (everything(), Revision.objects.get().number) == (before, revision)


def test_editor_sees_the_counts_and_at_the_second_level_every_change(folder: Folder) -> None:
    assert _run("--content", str(folder.path)) == "33 added, 0 changed, 0 retired, 0 conflicts\n"
    folder.skill("git")["hours"] = 1.5
    folder.take_out("forests")
    folder.forget("forests")
    folder.add("ground", skill("bash"))
    folder.skill("trees")["needs"] = ["numpy", "bash"]
    folder.write()
    lines = _run("--content", str(folder.path), verbosity=2).splitlines()
    assert lines[-1] == "5 added, 2 changed, 3 retired, 0 conflicts"
    assert set(lines[:-1]) == {
        "Added skill bash (stages/01-ground.yaml)",
        "Added done-point bash/a (stages/01-ground.yaml)",
        "Added done-point bash/b (stages/01-ground.yaml)",
        "Added resource read-bash (resources.yaml)",
        "Added resource watch-bash (resources.yaml)",
        "Changed skill git (stages/01-ground.yaml): hours",
        "Changed skill trees (stages/02-models.yaml): needs",
        "Retired skill forests (no longer in the files)",
        "Retired resource read-forests (no longer in the files)",
        "Retired resource watch-forests (no longer in the files)",
    }


def test_a_dry_run_says_the_same_and_changes_nothing(folder: Folder) -> None:
    assert _run("--content", str(folder.path), "--dry-run") == "33 added, 0 changed, 0 retired, 0 conflicts\n"
    assert (Skill.objects.count(), LoadedEntry.objects.count(), LoadedFile.objects.count()) == (0, 0, 0)


def test_the_order_in_the_files_is_the_order_on_the_pages(loaded: Folder) -> None:
    loaded.stage("ground")["skills"].reverse()
    loaded.stage("ground")["skills"][0]["done"].reverse()
    report = loaded.load()
    assert report.lines == [
        "Changed the order of skills in stage ground (stages/01-ground.yaml)",
        "Changed the order of done in skill git (stages/01-ground.yaml)",
    ]
    picture = snapshot.current()
    assert [held.slug for held in picture.stages[0].skills] == ["git", "numpy", "python"]
    assert [point.key for point in picture.skills["git"].points] == ["b", "a"]


def test_a_stage_is_published_by_its_first_load_unless_it_is_a_draft(folder: Folder) -> None:
    folder.stages["stages/03-later.yaml"] = stage("later", 3, [skill("sql")], draft=True, advice=[], projects=[])
    folder.load()
    assert [held.slug for held in snapshot.current().stages] == ["ground", "models"]
    first = Stage.objects.get(slug="ground").published_at
    del folder.stage("later")["draft"]
    folder.resources += [
        {**folder.resources[0], "slug": f"sql-{n}", "url": f"https://example.org/sql-{n}", "skills": ["sql"]} for n in (1, 2)
    ]
    folder.load()
    assert [held.slug for held in snapshot.current().stages] == ["ground", "models", "later"]
    assert Stage.objects.get(slug="ground").published_at == first


def test_a_stage_that_leaves_the_files_leaves_the_staircase_and_comes_back_as_it_was(loaded: Folder) -> None:
    before = {held.slug: held.pk for held in Skill.objects.all()}
    document = loaded.stages.pop("stages/02-models.yaml")
    resources, loaded.resources = loaded.resources, [held for held in loaded.resources if held["skills"][0] not in ("trees", "forests")]
    statements, loaded.statements = loaded.statements, loaded.statements[:1]
    loaded.stages["stages/02-other.yaml"] = stage("other", 2, [skill("sql")], advice=[], projects=[])
    loaded.resources += [
        {**loaded.resources[0], "slug": f"sql-{n}", "url": f"https://example.org/sql-{n}", "skills": ["sql"]} for n in (1, 2)
    ]
    loaded.load()
    assert [held.slug for held in snapshot.current().stages] == ["ground", "other"]
    assert set(snapshot.current().retired) == {"trees", "forests"}
    del loaded.stages["stages/02-other.yaml"]
    loaded.stages["stages/02-models.yaml"], loaded.resources, loaded.statements = document, resources, statements
    loaded.load()
    assert [held.slug for held in snapshot.current().stages] == ["ground", "models"]
    assert [held.slug for held in snapshot.current().stages[1].skills] == ["trees", "forests"]
    assert {slug: before[slug] for slug in ("trees", "forests")} == dict(
        Skill.objects.filter(stage__slug="models").values_list("slug", "pk")
    )


def test_a_resource_may_change_its_slug_or_exchange_its_address(loaded: Folder) -> None:
    first, second = loaded.resources[:2]
    pks = dict(Resource.objects.values_list("url", "pk"))
    first["slug"] = "read-python-anew"
    first["title"] = "Another title"
    report = loaded.load()
    assert (report.added, report.changed, report.retired) == (0, 1, 0)
    assert Resource.objects.get(slug="read-python-anew").pk == pks[first["url"]]
    first["url"], second["url"] = second["url"], first["url"]
    report = loaded.load()
    assert (report.added, report.changed, report.retired, report.conflicts) == (0, 2, 0, [])
    assert Resource.objects.get(slug="read-python-anew").url == first["url"]


def test_done_points_that_leave_are_kept_and_come_back(loaded: Folder) -> None:
    point = DonePoint.objects.get(skill__slug="git", key="a")
    done = loaded.skill("git")["done"]
    done[0] = {"key": "c", "text": "You undo it."}
    loaded.load()
    assert DonePoint.objects.get(pk=point.pk).retired_at is not None
    assert [held.key for held in snapshot.current().skills["git"].points] == ["c", "b"]
    done.insert(1, {"key": "a", "text": "You explain it again."})
    loaded.load()
    assert [held.key for held in snapshot.current().skills["git"].points] == ["c", "a", "b"]
    assert DonePoint.objects.get(pk=point.pk).text == "You explain it again."


# --- Mistakes -------------------------------------------------------------------------------------------------------

Mistake = Callable[[Folder], object]


def _set(slug: str, /, **fields: Any) -> Mistake:
    return lambda folder: folder.skill(slug).update(fields)


def _resource(place: int, **fields: Any) -> Mistake:
    return lambda folder: folder.resources[place].update(fields)


MISTAKES: list[tuple[str, Mistake, str]] = [
    ("duplicate slug", lambda f: f.add("models", skill("git")), "stages/02-models.yaml, skill git: the slug is used in stages/01-ground.yaml as well; choose another."),
    ("unknown key", _set("git", sumary="x"), "stages/01-ground.yaml, skill git: `sumary` isn't a key here; did you mean `summary`?"),
    ("missing field", lambda f: f.skill("git").pop("why"), "stages/01-ground.yaml, skill git: `why` is missing: write why it matters at work, in Markdown."),
    ("empty field", _set("git", title=" "), "stages/01-ground.yaml, skill git: `title` is empty"),
    ("long field", _set("git", title="x" * 121), "stages/01-ground.yaml, skill git: `title` has 121 characters: shorten it to 120."),
    ("number in quotes", _set("git", hours="3"), "stages/01-ground.yaml, skill git: `hours` must be a number without quotes; it is '3'."),
    ("odd hours", _set("git", hours=1.25), "stages/01-ground.yaml, skill git: `hours` is 1.25: write hours between"),
    ("unknown choice", _set("git", necessity="maybe"), "stages/01-ground.yaml, skill git: `necessity` must be one of must, nice or alternative; it is 'maybe'."),
    ("level", _set("git", level=4), "stages/01-ground.yaml, skill git: `level` must be one of 1, 2 or 3; it is 4."),
    ("bad slug", _set("git", slug="Git Hub"), "stages/01-ground.yaml, skill Git Hub: `slug` is 'Git Hub': write small letters, digits and single hyphens"),
    ("one done-point", lambda f: f.skill("git")["done"].pop(), "stages/01-ground.yaml, skill git: `done` has 1: write two to four points, each with key and text."),
    ("duplicate done key", lambda f: f.skill("git")["done"][1].update(key="a"), "stages/01-ground.yaml, skill git: the done-point key 'a' is used twice; give one of them another."),
    ("unobservable", lambda f: f.skill("git")["done"][1].update(text="Knows it"), "stages/01-ground.yaml, skill git, done-point b: `text` must begin with “You”"),
    ("alternative alone", _set("git", necessity="alternative"), "stages/01-ground.yaml, skill git: must have both `necessity: alternative` and a `group`, or neither."),
    ("unknown prerequisite", _set("git", needs=["pyhton"]), "stages/01-ground.yaml, skill git: `needs` names pyhton, and there is no skill of that name; did you mean python?"),
    ("former prerequisite", lambda f: (f.skill("python").update(formerly=["snakes"]), f.skill("git").update(needs=["snakes"])), "stages/01-ground.yaml, skill git: `needs` names snakes, and there is no skill of that name; it is called python now."),
    ("itself", _set("git", needs=["git"]), "stages/01-ground.yaml, skill git: `needs` names the skill itself; take it out."),
    ("cycle", lambda f: (f.skill("python").update(needs=["git"]), f.skill("git").update(needs=["numpy"])), "stages/01-ground.yaml, skill python: `needs` closes a circle, python → git → numpy → python; take one of these needs out"),
    ("unknown statement", _set("git", carries=["s9-9"]), "stages/01-ground.yaml, skill git: `carries` names s9-9, and there is no statement of that name"),
    ("statement carried by nobody", lambda f: f.stage("ground")["advice"][0].update(carries=[]), "statements.yaml, statement s1-1: no page carries it; add s1-1 to the `carries`"),
    ("taken slug", _set("git", formerly=["python"]), "stages/01-ground.yaml, skill git: `formerly` names python, which is or was skill python (stages/01-ground.yaml)"),
    ("slug twice claimed", lambda f: (f.skill("git").update(formerly=["old"]), f.skill("trees").update(formerly=["old"])), "stages/02-models.yaml, skill trees: `formerly` names old, which is or was skill git"),
    ("stage number", lambda f: f.stage("models").update(number=1), "stages/02-models.yaml, stage models: `number` 1 is that of the stage ground (stages/01-ground.yaml); give one of them another."),
    ("three levels", lambda f: f.stage("ground")["projects"][0]["rubric"][0]["levels"].pop(), "stages/01-ground.yaml, project project-ground, rubric item It runs: `levels` has 3: write four descriptions"),
    ("unknown skill of a project", lambda f: f.stage("ground")["projects"][0].update(skills=["r"]), "stages/01-ground.yaml, project project-ground: `skills` names r, and there is no skill of that name"),
    ("one resource", lambda f: f.resources.pop(0), "stages/01-ground.yaml, skill python: resources.yaml has 1 resource for it; add it to the `skills` of two or more."),
    ("no free resource", lambda f: [held.update(cost="paid") for held in f.resources[:2]], "stages/01-ground.yaml, skill python: none of its resources is free; add one with `cost: free` to resources.yaml."),
    ("duplicate address", _resource(1, url="https://www.example.org/read-python/"), "resources.yaml, resource watch-python: `url` is the address of read-python: keep one of them"),
    ("http", _resource(0, url="http://example.org/a"), "resources.yaml, resource read-python: `url` must begin with https://"),
    ("shortener", _resource(0, url="https://bit.ly/3x"), "resources.yaml, resource read-python: `url` hides where it leads: write the address that bit.ly forwards to."),
    ("tracking", _resource(0, url="https://example.org/?utm_source=x"), "resources.yaml, resource read-python: `url` tracks or pays somebody: take out the parameter “utm_source”."),
    ("affiliate", _resource(0, url="https://example.org/a?tag=me-20"), "resources.yaml, resource read-python: `url` tracks or pays somebody: take out the parameter “tag”."),
    ("no host", _resource(0, url="https://localhost/a"), "resources.yaml, resource read-python: `url` names no public host"),
    ("retired and not", lambda f: f.stage("ground").update(retired=[{"slug": "git", "title": "Git"}]), "stages/01-ground.yaml, skill git: is both on the roadmap and retired (in this file); keep one of the entries."),
    ("replaced by itself", lambda f: f.stage("ground").update(retired=[{"slug": "old", "title": "Old", "replaced_by": ["old"]}]), "stages/01-ground.yaml, retired skill old: `replaced_by` leads back to the skill itself"),
    ("no stage", lambda f: f.statements[0].update(stage="gruond"), "statements.yaml, statement s1-1: `stage` names gruond, and there is no stage of that name; did you mean ground?"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "sentence"), [mistake[1:] for mistake in MISTAKES], ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_a_sentence_and_changes_nothing(loaded: Folder, mistake: Mistake, sentence: str) -> None:
    before = everything()
    loaded.skill("python")["title"] = "A change that must not arrive"
    mistake(loaded)
    with pytest.raises(ContentError) as error:
        loaded.load()
    assert any(problem.startswith(sentence) for problem in error.value.problems), error.value.problems
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"slug: [", "stages/01-ground.yaml, line 1: isn't YAML: "),
        (b"slug: a\nslug: b\n", 'stages/01-ground.yaml, line 2: found duplicate key "slug"; keep one of them.'),
        (b"slug: \xff\n", "stages/01-ground.yaml: byte 7 isn't UTF-8; save the file as UTF-8."),
        (b"", "stages/01-ground.yaml: must be keys with values"),
        (b"- a\n", "stages/01-ground.yaml: must be keys with values"),
        (b"slug: a\x00\n", "stages/01-ground.yaml: isn't YAML: "),
    ],
)
def test_a_file_that_cannot_be_read_is_named(loaded: Folder, text: bytes, sentence: str) -> None:
    (loaded.path / "stages" / "01-ground.yaml").write_bytes(text)
    with pytest.raises(ContentError) as error:
        load(loaded.path)
    assert error.value.problems[0].startswith(sentence), error.value.problems


def test_all_mistakes_are_told_at_once_and_the_command_fails(loaded: Folder) -> None:
    loaded.skill("git")["hours"] = 0
    loaded.skill("trees")["level"] = 9
    loaded.write()
    told = StringIO()
    with pytest.raises(CommandError, match=r"^Nothing was loaded: 2 mistakes in the content\.$"):
        _run("--content", str(loaded.path), stderr=told)
    assert len(told.getvalue().splitlines()) == 2


@pytest.mark.django_db
def test_an_empty_or_missing_folder_retires_nothing(loaded: Folder, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "missing"):
        with pytest.raises(ContentError):
            load(path)
    assert Skill.objects.published().count() == 5


def test_unchanged_files_are_not_read_again_and_changed_or_removed_ones_are(loaded: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("roadmap.curriculum.loader.parse", lambda files: pytest.fail("parsed"))
        assert loaded.load().is_clean
    loaded.skill("git")["hours"] = 5
    assert loaded.load().changed == 1
    (loaded.path / "resources.yaml").unlink()
    with pytest.raises(ContentError):
        load(loaded.path)


# --- Several at once, and the power cut -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_wait_for_each_other(folder: Folder, together: Callable[..., list[Any]]) -> None:
    reports = together(2, lambda number: load(folder.path))
    assert sorted(str(report) for report in reports) == [
        "0 added, 0 changed, 0 retired, 0 conflicts",
        "33 added, 0 changed, 0 retired, 0 conflicts",
    ]


KILLED = """
import os, django
django.setup()
from django.conf import settings
from django.db import connection
connection.settings_dict["NAME"] = os.environ["NAME_OF_THE_TEST"]
from pathlib import Path
from roadmap.curriculum import loader


def wait(*arguments):
    print("in the middle", flush=True)
    import time
    time.sleep(60)


loader.remember_entries = wait
loader.load(Path(os.environ["FOLDER_OF_THE_TEST"]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_load_that_is_killed_leaves_the_old_content_whole(loaded: Folder) -> None:
    before = everything()
    for held in loaded.skills:
        held["title"] = "Half loaded"
    loaded.write()
    names = {"NAME_OF_THE_TEST": connection.settings_dict["NAME"], "FOLDER_OF_THE_TEST": str(loaded.path)}
    environment = {**os.environ, **names, "DJANGO_SETTINGS_MODULE": "roadmap.settings", "STAIRCASE_DATA": str(settings.STAIRCASE_DATA)}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert any(line == "in the middle\n" for line in process.stdout)
        process.send_signal(signal.SIGKILL)
    process.wait()
    assert everything() == before
    for _attempt in range(50):  # the server notices the broken connection in a moment
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if cursor.fetchone() == (0,):
                break
        time.sleep(0.1)
    assert str(load(loaded.path)) == "0 added, 5 changed, 0 retired, 0 conflicts"
