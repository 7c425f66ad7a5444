"""Whatever editors do to the content, in the files or in the workshop, no mark and no tick is ever lost."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from roadmap.curriculum import snapshot
from roadmap.curriculum.files import ContentError
from roadmap.progress.models import Mark, Tick
from roadmap.progress.services import mark_skill, tick_point
from roadmap.stages import services
from roadmap.stages.models import DonePoint, Skill, Stage
from tests.curriculum.folders import Folder, everything, skill, stage
from tests.factories import UserFactory

RANK = {"skipped": 1, "learning": 2, "done": 3}
CHOICE = st.integers(0, 10**6)


def _pick(items: Any, number: int) -> Any:
    held = list(items)
    return held[number % len(held)]


class Edits(RuleBasedStateMachine):
    """Two learners mark while content is edited on both sides."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        # The run before was taken back with its numbers: its picture could pass for one of this run.
        snapshot._held = None
        self.temporary = tempfile.TemporaryDirectory()
        self.learners = [UserFactory().pk for _ in range(2)]
        self.marked: dict[tuple[int, int], int] = {}
        self.ticked: set[tuple[int, int]] = set()
        self.made = 0

    @initialize()
    def begin(self) -> None:
        ground = [skill("a"), skill("b", needs=["a"]), skill("c", needs=["b"])]
        models = [skill("d", needs=["a"]), skill("e")]
        self.folder = Folder(Path(self.temporary.name), [stage("ground", 1, ground), stage("models", 2, models)])
        self.folder.load()
        self.good = self.folder.texts()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.temporary.cleanup()

    # --- Learners ---------------------------------------------------------------------------------------------------

    @rule(who=CHOICE, what=CHOICE, state=st.sampled_from(["learning", "done", "skipped"]))
    def mark(self, who: int, what: int, state: Any) -> None:
        learner, marked = _pick(self.learners, who), _pick(snapshot.current(), what)
        mark_skill(climber=learner, skill_id=marked.id, state=state)
        self.marked[learner, marked.id] = RANK[state]

    @rule(who=CHOICE, what=CHOICE)
    def tick(self, who: int, what: int) -> None:
        learner, marked = _pick(self.learners, who), _pick(snapshot.current(), what)
        if marked.points:
            point = _pick(marked.points, who)
            tick_point(climber=learner, point_id=point.id, reached=True)
            self.ticked.add((learner, point.id))

    # --- Editors at the files ---------------------------------------------------------------------------------------

    def _name(self) -> str:
        self.made += 1
        return f"new-{self.made}"

    @rule(what=CHOICE, hours=st.sampled_from([0.5, 1, 2.5, 40]))
    def edit_in_file(self, what: int, hours: float) -> None:
        held = _pick(self.folder.skills, what)
        held["hours"], held["title"] = hours, f"{held['title'][:80]} again"

    @rule(what=CHOICE)
    def rename_in_file(self, what: int) -> None:
        self.folder.rename(_pick(self.folder.skills, what)["slug"], self._name())

    @rule(what=CHOICE, place=CHOICE)
    def move_in_file(self, what: int, place: int) -> None:
        held = _pick(self.folder.skills, what)
        source, target = self.folder.stage_of(held["slug"]), _pick(self.folder.stages.values(), place)
        if len(source["skills"]) > 1:
            source["skills"].remove(held)
            target["skills"].insert(place % (len(target["skills"]) + 1), held)

    @rule(where=CHOICE)
    def add_in_file(self, where: int) -> None:
        self.folder.add(_pick(self.folder.stages.values(), where)["slug"], skill(self._name()))

    @rule(what=CHOICE, into=st.lists(CHOICE, max_size=2))
    def retire_in_file(self, what: int, into: list[int]) -> None:
        """Into none: it leaves; into one: replaced or merged; into two: split."""
        held = _pick(self.folder.skills, what)
        home = self.folder.stage_of(held["slug"])
        others = [other["slug"] for other in self.folder.skills if other is not held]
        if len(home["skills"]) > 1 and others:
            self.folder.take_out(held["slug"])
            replaced_by = list(dict.fromkeys(_pick(others, number) for number in into))
            gone = {"slug": held["slug"], "title": held["title"], "replaced_by": replaced_by, "formerly": held.get("formerly", [])}
            home.setdefault("retired", []).append(gone)

    @rule(what=CHOICE)
    def lose_in_file(self, what: int) -> None:
        """Without a word."""
        held = _pick(self.folder.skills, what)
        named = {
            name for document in self.folder.stages.values() for gone in document.get("retired", []) for name in gone.get("replaced_by", [])
        }
        if len(self.folder.stage_of(held["slug"])["skills"]) > 1 and held["slug"] not in named:
            self.folder.take_out(held["slug"])
            self.folder.forget(held["slug"])

    @rule(what=CHOICE)
    def bring_back_in_file(self, what: int) -> None:
        gone = [(document, held) for document in self.folder.stages.values() for held in document.get("retired", [])]
        if gone:
            document, held = _pick(gone, what)
            document["retired"].remove(held)
            back = skill(held["slug"], title=held["title"])
            if held.get("formerly"):
                back["formerly"] = held["formerly"]
            self.folder.add(document["slug"], back)
            self.folder.resources = [
                *self.folder.resources[:-2],
                *(
                    resource | {"slug": f"{resource['slug']}-{self._name()}", "url": f"https://example.org/{self._name()}"}
                    for resource in self.folder.resources[-2:]
                ),
            ]

    @rule(what=CHOICE, key=st.sampled_from(["a", "b", "c", "d"]))
    def change_points_in_file(self, what: int, key: str) -> None:
        done = _pick(self.folder.skills, what)["done"]
        kept = [point for point in done if point["key"] != key]
        done[:] = (
            kept
            if len(kept) in (2, 3, 4) and len(kept) < len(done)
            else (done if len(kept) < len(done) else [*kept[-3:], {"key": key, "text": "You do it."}])
        )

    # --- Editors in the workshop ------------------------------------------------------------------------------------

    @rule(what=CHOICE, hours=st.sampled_from([1, 3, 7.5]))
    def edit_in_workshop(self, what: int, hours: float) -> None:
        Skill.objects.filter(pk=_pick(Skill.objects.all(), what).pk).update(hours=hours, title=f"Workshop {hours}")

    @rule(what=CHOICE)
    def rename_in_workshop(self, what: int) -> None:
        services.rename(entry=_pick(Skill.objects.all(), what), slug=self._name())

    @rule(what=CHOICE, into=st.lists(CHOICE, max_size=2))
    def retire_in_workshop(self, what: int, into: list[int]) -> None:
        gone = _pick(Skill.objects.all(), what)
        with suppress(ValidationError):  # it would replace itself
            services.retire_skill(skill=gone, replaced_by=[_pick(Skill.objects.exclude(pk=gone.pk), number) for number in into])

    @rule(what=CHOICE)
    def bring_back_in_workshop(self, what: int) -> None:
        services.reinstate_skill(skill=_pick(Skill.objects.all(), what))

    @rule(what=CHOICE, where=CHOICE)
    def move_in_workshop(self, what: int, where: int) -> None:
        services.move_skill(skill=_pick(Skill.objects.all(), what), stage=_pick(Stage.objects.all(), where))

    @rule(what=CHOICE)
    def retire_a_point_in_workshop(self, what: int) -> None:
        point = _pick(DonePoint.objects.all(), what)
        point.retired_at = None if point.retired_at else point.skill.stage.published_at
        point.save()

    # --- Both meet --------------------------------------------------------------------------------------------------

    @rule(take=st.sampled_from([None, "file", "database"]))
    def load(self, take: Any) -> None:
        before = everything()
        try:
            self.folder.load(take=take)
        except ContentError:
            # Each side may be right and both together not: nothing has changed, and the editor takes the edit back.
            assert everything() == before
            self._write(self.good)
            return
        self.good = self.folder.texts()
        settled = self.folder.load(take=take)
        assert (settled.added, settled.changed, settled.retired) == (0, 0, 0), settled.lines

    @precondition(lambda self: Skill.objects.published().exists())
    @rule()
    def dump(self) -> None:
        try:
            self.folder.load(take="database")
            before = everything()
            self.folder.dump()
        except ContentError:
            self._write(self.good)  # what the workshop holds is not complete
            return
        self.good = self.folder.texts()
        assert everything() == before
        report = self.folder.load()
        assert report.is_clean, report
        assert self.folder.dump() == []

    def _write(self, texts: dict[str, str]) -> None:
        for name in self.folder.texts().keys() - texts.keys():
            (self.folder.path / name).unlink()
        for name, text in texts.items():
            (self.folder.path / name).write_text(text)
        self.folder.read()

    # --- What must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def every_mark_is_there(self) -> None:
        held = {(learner, marked): RANK[state] for learner, marked, state in Mark.objects.values_list("learner_id", "skill_id", "state")}
        for pair, rank in self.marked.items():
            assert held.get(pair, 0) >= rank, pair

    @invariant()
    def every_tick_is_there(self) -> None:
        assert self.ticked <= set(Tick.objects.values_list("learner_id", "point_id"))

    @invariant()
    def what_replaces_a_skill_has_its_marks(self) -> None:
        held = set(Mark.objects.values_list("learner_id", "skill_id"))
        replacements: dict[int, list[int]] = {}
        for gone in Skill.objects.filter(retired_at__isnull=False).prefetch_related("replaced_by"):
            replacements[gone.pk] = [new.pk for new in gone.replaced_by.all()]
        for learner, marked in self.marked:
            for new in replacements.get(marked, ()):
                assert (learner, new) in held


@pytest.mark.django_db
def test_any_sequence_of_edits_keeps_every_mark() -> None:
    run_state_machine_as_test(
        Edits,
        settings=settings(max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True),
    )


Edit = Callable[[Folder], object]


def _split(folder: Folder) -> None:
    held = folder.take_out("numpy")
    folder.add("ground", skill("arrays"))
    folder.add("ground", skill("broadcasting"))
    folder.stage("ground")["retired"] = [{"slug": "numpy", "title": held["title"], "replaced_by": ["arrays", "broadcasting"]}]


def _merge(folder: Folder) -> None:
    folder.add("ground", skill("basics"))
    gone = [folder.take_out(slug) for slug in ("python", "numpy", "git")]
    folder.stage("ground")["retired"] = [{"slug": held["slug"], "title": held["title"], "replaced_by": ["basics"]} for held in gone]


def _move(folder: Folder) -> None:
    folder.stage("models")["skills"].append(folder.take_out("numpy"))


@pytest.mark.parametrize(
    ("edit", "states"),
    [
        (lambda folder: folder.rename("numpy", "arrays"), {"python": "done", "arrays": "learning"}),
        (_move, {"python": "done", "numpy": "learning"}),
        (_split, {"python": "done", "arrays": "learning", "broadcasting": "learning"}),
        (_merge, {"basics": "done"}),
        (lambda folder: (folder.take_out("numpy"), folder.forget("numpy")), {"python": "done"}),
    ],
    ids=["rename", "move", "split", "merge", "vanish"],
)
def test_marks_are_found_again_after_one_edit(loaded: Folder, edit: Edit, states: dict[str, str]) -> None:
    learner = UserFactory().pk
    for slug, state in (("python", "done"), ("numpy", "learning")):
        mark_skill(climber=learner, skill_id=Skill.objects.get(slug=slug).pk, state=state)  # type: ignore[arg-type]
    rows = set(Mark.objects.values_list("learner_id", "skill_id", "state"))
    edit(loaded)
    assert loaded.load().conflicts == []
    assert rows <= set(Mark.objects.values_list("learner_id", "skill_id", "state"))
    marked = Mark.objects.filter(learner=learner, skill__retired_at=None)
    assert dict(marked.values_list("skill__slug", "state")) == states
    assert loaded.load().is_clean
    assert loaded.dump() == []


def test_a_skill_that_comes_back_has_its_marks_again(loaded: Folder) -> None:
    learner, numpy = UserFactory().pk, Skill.objects.get(slug="numpy")
    mark_skill(climber=learner, skill_id=numpy.pk, state="done")
    texts = loaded.texts()
    loaded.take_out("numpy")
    loaded.forget("numpy")
    assert loaded.load().retired == 3
    assert "numpy" not in snapshot.current().skills
    for name, text in texts.items():
        (loaded.path / name).write_text(text)
    loaded.read()
    assert loaded.load().conflicts == []
    assert snapshot.current().skills["numpy"].id == numpy.pk
    assert Mark.objects.filter(learner=learner, skill=numpy, state="done").exists()
