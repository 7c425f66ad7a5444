"""Both sides change: what only one changed is kept, what both changed differently is told and never overwritten."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from roadmap.curriculum import snapshot
from roadmap.curriculum.files import ContentError
from roadmap.management.commands.run import Command as Run
from roadmap.resources.models import Resource, ResourceSkill
from roadmap.stages import services
from roadmap.stages.models import DonePoint, Prerequisite, ProjectIdea, Skill, Stage, Statement
from tests.curriculum.folders import Folder, everything, skill


def _edit(slug: str, /, **fields: object) -> None:
    Skill.objects.filter(slug=slug).update(**fields)


def _order(folder: Folder, stage: str = "ground") -> list[str]:
    return [held.slug for held in snapshot.current().stage_by_slug[stage].skills]


def test_an_edit_of_the_database_survives_a_load(loaded: Folder) -> None:
    _edit("git", title="Edited in the workshop")
    loaded.skill("git")["hours"] = 7
    loaded.skill("numpy")["title"] = "Edited in the file"
    report = loaded.load()
    assert (report.changed, report.conflicts) == (2, [])
    assert dict(Skill.objects.filter(slug__in=["git", "numpy"]).values_list("title", "hours")) == {
        "Edited in the workshop": 7,
        "Edited in the file": 2,
    }


def test_both_sides_changed_alike_and_nothing_is_to_do(loaded: Folder) -> None:
    _edit("git", title="The same")
    loaded.skill("git")["title"] = "The same"
    assert loaded.load().is_clean


def test_both_sides_changed_differently_and_the_database_stands(loaded: Folder) -> None:
    _edit("git", title="Of the workshop")
    loaded.skill("git").update(title="Of the file", hours=7)
    loaded.write()
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("load_curriculum", "--content", str(loaded.path), stdout=out)
    assert error.value.returncode == 2
    assert out.getvalue() == (
        "Conflict: stages/01-ground.yaml, skill git: `title` was changed in the file and, differently, in the database. The database's stands.\n"
        '  before:   "Learn git"\n'
        '  file:     "Of the file"\n'
        '  database: "Of the workshop"\n'
        "0 added, 1 changed, 0 retired, 1 conflicts\n"
    )
    git = Skill.objects.get(slug="git")
    assert (git.title, git.hours) == ("Of the workshop", 7)


def test_a_conflict_is_told_until_it_is_settled(loaded: Folder) -> None:
    _edit("git", title="Of the workshop")
    loaded.skill("git")["title"] = "Of the file"
    assert len(loaded.load().conflicts) == len(loaded.load().conflicts) == 1
    loaded.skill("git")["title"] = "Of the workshop"
    assert loaded.load().is_clean


@pytest.mark.parametrize(("side", "title"), [("file", "Of the file"), ("database", "Of the workshop")])
def test_editor_settles_all_conflicts_for_one_side(loaded: Folder, side: str, title: str) -> None:
    _edit("git", title="Of the workshop")
    loaded.skill("git")["title"] = "Of the file"
    loaded.load()
    assert loaded.load(take=side).conflicts == []
    assert Skill.objects.get(slug="git").title == title
    assert loaded.load().is_clean
    loaded.dump()
    assert loaded.skill("git")["title"] == title


def test_lists_of_texts_conflict_as_a_whole(loaded: Folder) -> None:
    _edit("git", pitfalls=["Of the workshop."])
    loaded.skill("git")["pitfalls"] = ["Too much haste.", "Of the file."]
    (conflict,) = loaded.load().conflicts
    assert (conflict.field, conflict.before, conflict.in_file, conflict.in_database) == (
        "pitfalls",
        ["Too much haste."],
        ["Too much haste.", "Of the file."],
        ["Of the workshop."],
    )


def test_each_done_point_is_merged_by_itself(loaded: Folder) -> None:
    DonePoint.objects.filter(skill__slug="git", key="a").update(text="You edit it in the workshop.")
    loaded.skill("git")["done"][1]["text"] = "You edit it in the file."
    assert loaded.load().changed == 1
    assert [point.text for point in snapshot.current().skills["git"].points] == ["You edit it in the workshop.", "You edit it in the file."]


def test_skills_added_on_both_sides_find_their_places(loaded: Folder) -> None:
    ground = Stage.objects.get(slug="ground")
    Skill.objects.filter(slug="git").update(position=3)
    Skill.objects.create(stage=ground, position=2, slug="made-here", title="Made here", summary="S", level=1, hours=1, necessity="must")
    loaded.add("ground", skill("bash"))
    ground_file = loaded.stage("ground")["skills"]
    ground_file.insert(1, ground_file.pop())
    assert loaded.load().conflicts == []
    assert _order(loaded) == ["python", "bash", "numpy", "made-here", "git"]
    assert loaded.load().is_clean


def test_orders_changed_on_both_sides_conflict(loaded: Folder) -> None:
    for place, slug in enumerate(("numpy", "python", "git")):
        _edit(slug, position=place)
    loaded.stage("ground")["skills"].reverse()
    (conflict,) = loaded.load().conflicts
    assert (conflict.entry.key, conflict.field) == ("ground", "skills")
    assert _order(loaded) == ["numpy", "python", "git"]
    loaded.load(take="file")
    assert _order(loaded) == ["git", "numpy", "python"]


def test_one_side_reorders_while_the_other_edits(loaded: Folder) -> None:
    for place, slug in enumerate(("git", "python", "numpy")):
        _edit(slug, position=place)
    loaded.skill("git")["hours"] = 7
    assert loaded.load().conflicts == []
    assert _order(loaded) == ["git", "python", "numpy"]


def test_retired_in_the_workshop_stays_retired(loaded: Folder) -> None:
    services.retire_skill(skill=Skill.objects.get(slug="git"))
    loaded.skill("git")["hours"] = 7
    assert loaded.load().conflicts == []
    assert set(snapshot.current().retired) == {"git"}


def test_renamed_in_the_workshop_and_edited_in_the_file(loaded: Folder) -> None:
    services.rename(entry=Skill.objects.get(slug="numpy"), slug="arrays")
    loaded.skill("numpy")["hours"] = 7
    loaded.skill("git")["needs"] = ["numpy"]
    report = loaded.load()
    assert (report.added, report.changed, report.retired, report.conflicts) == (0, 2, 0, [])
    picture = snapshot.current()
    assert (picture.skills["arrays"].hours, picture.moved["skill", "numpy"]) == (7, "arrays")
    assert [need.slug for need in picture.skills["git"].needs] == ["arrays"]
    loaded.dump()
    assert loaded.skill("arrays")["formerly"] == ["numpy"]
    assert loaded.load().is_clean


def test_renamed_on_both_sides_conflicts(loaded: Folder) -> None:
    services.rename(entry=Skill.objects.get(slug="numpy"), slug="arrays")
    loaded.rename("numpy", "vectors")
    conflicts = loaded.load().conflicts
    assert {conflict.field for conflict in conflicts} == {"slug"}
    assert Skill.objects.filter(slug="arrays").exists()
    loaded.load(take="file")
    assert set(Skill.objects.get(slug="vectors").formerly) == {"numpy", "arrays"}


def test_deleted_in_the_workshop_stays_deleted(loaded: Folder) -> None:
    ResourceSkill.objects.filter(resource__slug="read-git").delete()
    Resource.objects.get(slug="read-git").delete()
    loaded.skill("git")["hours"] = 7
    assert (loaded.load().changed, Resource.objects.filter(slug="read-git").count()) == (1, 0)


def test_deleted_in_the_workshop_and_edited_in_the_file_conflicts(loaded: Folder) -> None:
    Resource.objects.get(slug="read-git").delete()
    loaded.resources[4]["title"] = "Another"
    (conflict,) = loaded.load().conflicts
    assert (conflict.entry.key, conflict.field) == ("read-git", "entry")
    loaded.load(take="file")
    assert Resource.objects.get(slug="read-git").title == "Another"
    assert loaded.load().is_clean


def test_each_side_is_right_and_both_together_are_not(loaded: Folder) -> None:
    numpy, python = Skill.objects.get(slug="numpy"), Skill.objects.get(slug="python")
    Prerequisite.objects.filter(skill=numpy).delete()
    Prerequisite.objects.create(skill=python, needs=numpy)
    loaded.skill("git")["hours"] = 7
    loaded.load()
    Prerequisite.objects.create(skill=Skill.objects.get(slug="git"), needs=python)
    loaded.skill("python")["needs"] = ["git"]
    loaded.skill("numpy")["needs"] = []
    before = everything()
    # The database's needs of python stand (a conflict), so take the file's: git → python → git.
    with pytest.raises(ContentError, match=r"closes a circle, .* \(The files and the database together say so\.\)"):
        loaded.load(take="file")
    assert everything() == before


def test_made_in_the_workshop_stays_and_is_no_business_of_a_load(loaded: Folder) -> None:
    ground = Stage.objects.get(slug="ground")
    ProjectIdea.objects.create(stage=ground, position=9, slug="made-here", title="Made here", brief="b", data="d", baseline="b", hours=1)
    Statement.objects.create(id="s9-9", stage=ground, position=9, kind="claim", says="Something.")
    loaded.skill("git")["hours"] = 7
    assert (
        loaded.load().changed,
        ProjectIdea.objects.filter(slug="made-here", retired_at=None).count(),
        Statement.objects.filter(id="s9-9").count(),
    ) == (1, 1, 1)


def test_the_site_starts_although_the_sides_differ_and_says_so(loaded: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roadmap.curriculum.management.commands.load_curriculum.CONTENT", loaded.path)
    _edit("git", title="Of the workshop")
    loaded.skill("git")["title"] = "Of the file"
    loaded.write()
    out = StringIO()
    Run(stdout=out)._load_curriculum()
    assert "Conflict: stages/01-ground.yaml, skill git: `title`" in out.getvalue()
    loaded.skill("git")["title"] = ""
    loaded.write()
    with pytest.raises(CommandError, match=r"^Nothing was loaded"):
        Run(stdout=out, stderr=out)._load_curriculum()
