"""Dumping: to the byte where nothing changed, one field's lines where one field did."""

import difflib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from roadmap.curriculum import snapshot
from roadmap.curriculum.dumper import dump
from roadmap.curriculum.files import CONTENT, ContentError
from roadmap.curriculum.loader import load
from roadmap.resources.models import Resource, ResourceSkill
from roadmap.stages import services
from roadmap.stages.models import DonePoint, ProjectIdea, Skill, Stage
from tests.curriculum.folders import Folder, everything


def _changes(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The lines that differ, with - and +."""
    lines = []
    for name in sorted({*before, *after}):
        difference = difflib.ndiff(before.get(name, "").splitlines(), after.get(name, "").splitlines())
        lines += [line for line in difference if line[0] in "+-"]
    return lines


def test_dumping_after_loading_leaves_the_product_as_it_is(real_curriculum: snapshot.Snapshot, own_folder: Path) -> None:
    load(own_folder)
    assert dump(own_folder) == []
    for file in CONTENT.rglob("*.yaml"):
        assert (own_folder / file.relative_to(CONTENT)).read_bytes() == file.read_bytes()


def test_the_product_dumped_into_an_empty_folder_says_the_same(real_curriculum: snapshot.Snapshot, tmp_path: Path) -> None:
    before = everything()
    dump(tmp_path)
    assert load(tmp_path).is_clean
    assert everything() == before
    assert dump(tmp_path) == []


def test_an_edit_changes_the_lines_of_its_field_alone(real_curriculum: snapshot.Snapshot, own_folder: Path) -> None:
    load(own_folder)
    before = {file.name: file.read_text() for file in own_folder.rglob("*.yaml")}
    held = Skill.objects.get(slug="math-with-code")
    held.title, held.hours = "Check: every formula", 3.5
    held.how = held.how.replace("Most formulas in ML use few signs.", "Few signs are enough.")
    held.save()
    DonePoint.objects.filter(skill=held, key="b").update(text="You show an assert.")
    rubric = ProjectIdea.objects.get(slug="image-compression-svd").rubric.get(position=0)
    rubric.levels[2] = "Axes and unit are named"
    rubric.save()
    Resource.objects.filter(slug="google-mlcc-production").update(title="Production systems")
    assert dump(own_folder) == ["stages/02-math-and-statistics.yaml", "resources.yaml"]
    changes = _changes(before, {file.name: file.read_text() for file in own_folder.rglob("*.yaml")})
    assert [line for line in changes if "igns" not in line] == [
        "-     title: Check every formula with a few lines of code",
        "+     title: 'Check: every formula'",
        "-     hours: 3",
        "+     hours: 3.5",
        '-         text: "You show for each an assert that both versions agree."',
        '+         text: "You show an assert."',
        '-           - "Error against k, with axes and unit named"',
        '+           - "Axes and unit are named"',
        "-     title: Production ML systems (crash course module)",
        "+     title: Production systems",
    ]
    assert len(changes) == 12
    assert load(own_folder).is_clean


def test_comments_and_blank_lines_of_the_file_stay(loaded: Folder) -> None:
    file = loaded.path / "stages" / "01-ground.yaml"
    text = (
        "# What this stage is for.\n"
        + file.read_text().replace("  - slug: numpy", "  # Arrays come next.\n  - slug: numpy")
        + "# The end.\n"
    )
    file.write_text(text)
    load(loaded.path)
    Skill.objects.filter(slug="python").update(title="Other", next="Another line.")
    dump(loaded.path)
    assert file.read_text() == text.replace("Learn python", "Other").replace("Later skills.", "Another line.", 1)


def test_what_was_made_in_the_workshop_appears_at_its_place(loaded: Folder) -> None:
    ground = Stage.objects.get(slug="ground")
    Skill.objects.filter(slug="git").update(position=3)
    made = Skill.objects.create(
        stage=ground, position=2, slug="bash", title="Use a shell", summary="Commands.", level=1, hours=1.5, necessity="must", why="Because.\n\n- One\n- Two",
        how="```sh\nls\n```", pitfalls=["A long one, that goes on and on " * 6], first_task="Try.", next="Later.", origin="beyond", evidence={"files": ["*.sh"]},
    )  # fmt: skip
    for place, key in enumerate("ab"):
        DonePoint.objects.create(skill=made, position=place, key=key, text="You do it.")
    for link in Resource.objects.filter(slug__in=["read-git", "watch-git"]):
        ResourceSkill.objects.create(resource=link, skill=made, position=1)
    dump(loaded.path)
    text = (loaded.path / "stages" / "01-ground.yaml").read_text()
    loaded.read()
    assert [held["slug"] for held in loaded.stage("ground")["skills"]] == ["python", "numpy", "bash", "git"]
    assert "\n\n  - slug: bash\n    title: Use a shell\n" in text
    assert "    why: |\n      Because.\n\n      - One\n      - Two\n    how: |\n      ```sh\n      ls\n      ```\n" in text
    assert load(loaded.path).is_clean


def test_a_stage_made_in_the_workshop_is_a_file_and_a_draft_stays_one(loaded: Folder) -> None:
    later = Stage.objects.create(slug="later", position=3, title="Later", short="Later", goal="Go on.", why="Because.", body="Text.")
    made = Skill.objects.create(
        stage=later, slug="sql", title="Ask a database", summary="S.", level=1, hours=1, necessity="must", why="W", how="H", pitfalls=["P"], first_task="F", next="N"
    )  # fmt: skip
    for key in "ab":
        DonePoint.objects.create(skill=made, key=key, text="You do it.")
    assert dump(loaded.path) == ["stages/03-later.yaml"]
    loaded.read()
    assert loaded.stage("later")["draft"] is True
    assert load(loaded.path).is_clean
    assert Stage.objects.get(slug="later").published_at is None


def test_retired_and_renamed_in_the_workshop(loaded: Folder) -> None:
    services.retire_skill(skill=Skill.objects.get(slug="forests"), replaced_by=[Skill.objects.get(slug="trees")])
    services.rename(entry=Skill.objects.get(slug="numpy"), slug="arrays")
    services.rename(entry=Stage.objects.get(slug="ground"), slug="base")
    services.move_skill(skill=Skill.objects.get(slug="git"), stage=Stage.objects.get(slug="models"))
    before = everything()
    loaded.dump()
    assert loaded.stage("models")["retired"] == [{"slug": "forests", "title": "Learn forests", "replaced_by": ["trees"]}]
    assert [held["slug"] for held in loaded.stage("models")["skills"]] == ["trees", "git"]
    assert loaded.skill("trees")["needs"] == ["arrays"]
    assert loaded.stages["stages/01-ground.yaml"]["formerly"] == ["ground"]
    assert loaded.load().is_clean
    assert everything() == before


def test_check_names_the_files_and_writes_nothing(loaded: Folder) -> None:
    Skill.objects.filter(slug="git").update(title="Other")
    before, out = loaded.texts(), StringIO()
    with pytest.raises(CommandError, match=r"^The files differ from the database\.$"):
        call_command("dump_curriculum", "--content", str(loaded.path), "--check", stdout=out)
    assert (out.getvalue(), loaded.texts()) == ("stages/01-ground.yaml\n1 file differs\n", before)
    call_command("dump_curriculum", "--content", str(loaded.path), stdout=StringIO())
    call_command("dump_curriculum", "--content", str(loaded.path), "--check", stdout=StringIO())


def test_what_is_in_the_files_and_not_loaded_is_never_overwritten(loaded: Folder) -> None:
    loaded.skill("git")["title"] = "Only in the file"
    loaded.write()
    before = loaded.texts()
    with pytest.raises(ContentError, match="run load_curriculum first"):
        dump(loaded.path)
    Skill.objects.filter(slug="git").update(title="In the database")
    with pytest.raises(ContentError, match="settle its conflicts"):
        dump(loaded.path)
    assert loaded.texts() == before


def test_what_could_not_be_loaded_is_not_written(loaded: Folder) -> None:
    Skill.objects.filter(slug="git").update(why="")
    ResourceSkill.objects.filter(skill__slug="python").delete()
    before = loaded.texts()
    with pytest.raises(ContentError) as error:
        dump(loaded.path)
    assert next(problem.split(": ")[0] for problem in error.value.problems) == "stages/01-ground.yaml, skill python"
    assert "stages/01-ground.yaml, skill git: `why` is empty: write it, or leave the whole entry out." in error.value.problems
    assert loaded.texts() == before


def test_after_a_dump_the_files_may_change_what_was_dumped(loaded: Folder) -> None:
    Skill.objects.filter(slug="git").update(title="In the database")
    loaded.dump()
    loaded.skill("git")["title"] = "In the file"
    report = loaded.load()
    assert (report.changed, report.conflicts) == (1, [])
    assert Skill.objects.get(slug="git").title == "In the file"
