"""The workshop: editors edit content there under the same rules as in the files, and lose nothing."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.progress.models import Mark
from roadmap.progress.services import mark_skill, tick_point
from roadmap.resources.models import Resource
from roadmap.stages.models import DonePoint, ProjectIdea, Skill, Stage, Statement
from tests.factories import AdviceFactory, IdeaFactory, ResourceFactory, SkillFactory, UserFactory

CONTENT = ["stages.stage", "stages.skill", "stages.advice", "stages.projectidea", "stages.statement", "resources.resource"]


@pytest.fixture
def editor(db: None) -> User:
    """Somebody of the group that migrations make."""
    person = UserFactory(name="Edda Moreau", handle="edda-moreau", is_staff=True)
    person.groups.add(Group.objects.get(name="Editors"))
    return person


@pytest.fixture
def workshop(editor: User, sign_in: Callable[..., Client]) -> Client:
    return sign_in(editor)


def _address(entry: Any, action: str = "change") -> str:
    return reverse(
        f"admin:{entry._meta.app_label}_{entry._meta.model_name}_{action}", args=[] if action in ("add", "changelist") else [entry.pk]
    )


def _form(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send from the form as it stands."""
    form = html.fromstring(client.get(address).content.decode()).forms
    held = next(one for one in form if one.get("id", "").endswith("_form"))
    values: dict[str, Any] = {}
    for name, value in held.form_values():
        values.setdefault(name, []).append(value)
    return {name: value for name, value in values.items() if not name.startswith("_")}


def _save(client: Client, entry: Any, **fields: Any) -> list[str]:
    """Changes some fields of an entry in its form, and returns the complaints."""
    response = client.post(_address(entry), {**_form(client, _address(entry)), **fields})
    if response.status_code == 302:
        return []
    return [
        " ".join(item.text_content().split())
        for item in html.fromstring(response.content.decode()).xpath("//ul[contains(@class, 'errorlist')]/li")
    ]


def test_editor_opens_every_list_and_every_form(workshop: Client, curriculum: SimpleNamespace) -> None:
    Statement.objects.create(id="s1-1", stage=curriculum.ground, position=1, kind="claim", says="It is.")
    for label in CONTENT:
        model = apps.get_model(label)
        assert workshop.get(_address(model, "changelist")).status_code == 200
        for entry in model._default_manager.all():
            assert workshop.get(_address(entry)).status_code == 200
        if model is not Statement:
            assert workshop.get(_address(model, "add")).status_code == 200


def test_an_untouched_form_changes_nothing(workshop: Client, curriculum: SimpleNamespace) -> None:
    entries = [curriculum.python, curriculum.trees, curriculum.old_tool, curriculum.idea, curriculum.book, curriculum.ground]
    before = [type(entry).objects.filter(pk=entry.pk).values().get() for entry in entries]
    curriculum.python.done_points.create(key="third", text="You run it.")
    for skill in (curriculum.trees, curriculum.old_tool):
        for key in "ab":
            skill.done_points.create(key=key, text="You use it.")
    assert [_save(workshop, entry) for entry in entries] == [[]] * len(entries)
    assert [type(entry).objects.filter(pk=entry.pk).values().get() for entry in entries] == before
    assert list(curriculum.trees.needs.all()) == [curriculum.pandas]


def test_editor_changes_a_skill_and_pages_show_it(workshop: Client, curriculum: SimpleNamespace) -> None:
    complaints = _save(
        workshop, curriculum.python, title="Write Python", pitfalls="One, with a comma.\r\n\r\nTwo.", aliases="py\r\nsnake", why="First.  \r\n\r\nSecond.\r\n", needed=[curriculum.git.pk]
    )  # fmt: skip
    assert complaints == []
    shown = snapshot.current().skills["python"]
    assert (shown.title, shown.pitfalls, shown.aliases, shown.why) == (
        "Write Python",
        ("One, with a comma.", "Two."),
        ("py", "snake"),
        "First.\n\nSecond.",
    )
    assert [need.slug for need in shown.needs] == ["git"]


def test_editor_renames_and_the_earlier_address_leads_on(workshop: Client, curriculum: SimpleNamespace) -> None:
    assert _save(workshop, curriculum.python, slug="snakes", title="Snakes") == []
    assert _save(workshop, curriculum.ground, slug="base") == []
    assert _save(workshop, curriculum.idea, slug="houses") == []
    picture = snapshot.current()
    assert picture.skills["snakes"].title == "Snakes"
    assert (picture.moved["skill", "python"], picture.moved["stage", "ground"], picture.moved["idea", "house-prices"]) == (
        "snakes",
        "base",
        "houses",
    )
    response = Client().get("/skills/python/")
    assert (response.status_code, response["Location"]) == (301, "/skills/snakes/")


def test_editor_moves_a_skill_to_the_end_of_another_stage(workshop: Client, curriculum: SimpleNamespace) -> None:
    assert _save(workshop, curriculum.python, stage=curriculum.work.pk) == []
    assert [skill.slug for skill in snapshot.current().stage_by_slug["work"].skills] == ["cv", "python"]


def test_editor_retires_a_skill_in_favour_of_another_and_marks_follow(workshop: Client, curriculum: SimpleNamespace, learner: User) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.python.pk, state="done")
    assert _save(workshop, curriculum.python, is_retired="on", replacements=[curriculum.numpy.pk]) == []
    assert dict(Mark.objects.values_list("skill__slug", "state")) == {"python": "done", "numpy": "done"}
    assert "python" in snapshot.current().retired
    curriculum.python.refresh_from_db()
    assert _save(workshop, curriculum.python, is_retired=[], replacements=[]) == []
    assert "python" in snapshot.current().skills
    assert Mark.objects.count() == 2


def test_editor_retires_and_brings_back_in_the_list(workshop: Client, curriculum: SimpleNamespace) -> None:
    for entry in (curriculum.git, curriculum.idea, curriculum.book, AdviceFactory(stage=curriculum.ground)):
        for action, is_retired in (("retire", True), ("reinstate", False)):
            workshop.post(_address(entry, "changelist"), {"action": action, "_selected_action": [entry.pk]})
            entry.refresh_from_db()
            assert (entry.retired_at is not None) is is_retired


def test_done_points_are_retired_and_never_deleted(workshop: Client, curriculum: SimpleNamespace, learner: User) -> None:
    curriculum.python.done_points.create(key="third", text="You run it.", position=9)
    point = curriculum.python.done_points.get(key="script")
    tick_point(climber=learner.pk, point_id=point.pk, reached=True)
    assert (
        _save(
            workshop,
            curriculum.python,
            **{"done_points-0-is_retired": "on", "done_points-0-key": "other", "done_points-1-text": "You write it."},
        )
        == []
    )
    assert dict(DonePoint.objects.filter(skill=curriculum.python).values_list("key", "text"))["function"] == "You write it."
    assert [held.key for held in snapshot.current().skills["python"].points] == ["function", "third"]
    assert _save(workshop, curriculum.python, **{"done_points-1-is_retired": "on"}) == [
        "A skill has two to four done-points that aren’t retired; this one would have 1."
    ]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"slug": "numpy"}, "“numpy” is or was the slug of"),
        ({"slug": "Not_a_slug"}, "Write small letters, digits and single hyphens"),
        ({"needed": "boosting"}, "This closes a circle: python → boosting → trees → pandas → numpy → python."),
        ({"replacements": "numpy"}, "Only a retired skill is replaced"),
        ({"group": "tree-models"}, "An alternative has a group"),
        ({"evidence": '{"import": []}'}, "Write a mapping with these keys"),
        ({"evidence": '{"imports": "numpy"}'}, "“imports” is a list of texts"),
        ({"evidence": '{"calls": ["train_test_split("]}'}, "“train_test_split(” is nothing that “calls” can name"),
        ({"evidence": '{"at_least": 2, "calls": ["heapq.heappop"]}'}, "“at_least” asks for more"),
        ({"aliases": "x" * 61}, "Ensure this value has at most 60 characters"),
        ({"done_points-0-text": "Knows it"}, "Begin with “You”"),
    ],
)
def test_a_mistake_is_a_sentence_in_the_form(workshop: Client, curriculum: SimpleNamespace, fields: dict[str, str], complaint: str) -> None:
    if "needed" in fields:
        # Only trees lead on: with forests in the group, another way would stay open.
        Skill.objects.filter(slug="forests").update(group="")
    values = {name: Skill.objects.get(slug=value).pk if name in ("needed", "replacements") else value for name, value in fields.items()}
    complaints = _save(workshop, curriculum.python, **values)
    assert any(held.startswith(complaint) for held in complaints), complaints


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://example.org/", "This address must begin with https://"),
        ("https://bit.ly/1", "This address hides where it leads"),
        ("https://example.org/?utm_source=x", "This address tracks or pays somebody"),
        ("https://www.example.org/course/", "This is the address of “course”"),
    ],
)
def test_a_bad_address_is_refused(workshop: Client, curriculum: SimpleNamespace, url: str, complaint: str) -> None:
    Resource.objects.filter(slug="course").update(url="https://example.org/course")
    complaints = _save(workshop, curriculum.book, url=url)
    assert any(held.startswith(complaint) for held in complaints), complaints


def test_a_rubric_line_has_four_levels(workshop: Client, curriculum: SimpleNamespace) -> None:
    ProjectIdea.objects.get().rubric.create(title="It runs", position=9, levels=["a", "b", "c", "d"])
    last = ProjectIdea.objects.get().rubric.count() - 1
    assert _save(workshop, curriculum.idea, **{f"rubric-{last}-levels": "a\nb\nc"}) == ["Write 4 lines; there are 3."]
    assert _save(workshop, curriculum.idea, **{f"rubric-{last}-levels": "a\nb\nc\ne"}) == []


def test_nothing_on_the_roadmap_and_nothing_with_marks_is_deleted(workshop: Client, curriculum: SimpleNamespace, learner: User) -> None:
    for entry in (curriculum.python, curriculum.ground, curriculum.idea, curriculum.book):
        assert workshop.post(_address(entry, "delete"), {"post": "yes"}).status_code == 403
        workshop.post(_address(entry, "changelist"), {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
        assert type(entry).objects.filter(pk=entry.pk).exists()
    mark_skill(climber=learner.pk, skill_id=curriculum.git.pk, state="done")
    Skill.objects.filter(pk=curriculum.git.pk).update(retired_at="2026-01-01T00:00Z")
    workshop.post(_address(curriculum.git, "delete"), {"post": "yes"})
    assert Skill.objects.filter(pk=curriculum.git.pk).exists()


def test_a_draft_without_marks_may_be_deleted(workshop: Client, curriculum: SimpleNamespace) -> None:
    Stage.objects.filter(slug="draft").update(published_at=None)
    workshop.post(_address(curriculum.hidden, "delete"), {"post": "yes"})
    workshop.post(_address(curriculum.draft, "delete"), {"post": "yes"})
    assert not Stage.objects.filter(slug="draft").exists()


def test_editor_publishes_a_draft(workshop: Client, curriculum: SimpleNamespace) -> None:
    workshop.post(_address(curriculum.draft, "changelist"), {"action": "publish", "_selected_action": [curriculum.draft.pk]})
    assert "draft" in snapshot.current().stage_by_slug


def test_numbers_of_statements_are_fixed_and_none_is_added_or_deleted(workshop: Client, curriculum: SimpleNamespace) -> None:
    statement = Statement.objects.create(id="s1-1", stage=curriculum.ground, position=1, kind="claim", says="It is.")
    assert _save(workshop, statement, says="It is so.", id="s9-9") == []
    assert list(Statement.objects.values_list("id", "says")) == [("s1-1", "It is so.")]
    assert workshop.get(_address(Statement, "add")).status_code == 403
    assert workshop.post(_address(statement, "delete"), {"post": "yes"}).status_code == 403


def test_every_version_is_kept_with_its_editor(workshop: Client, editor: User, curriculum: SimpleNamespace) -> None:
    assert _save(workshop, curriculum.python, title="Once") == []
    Skill.objects.filter(pk=curriculum.python.pk).update(title="Twice")
    events = apps.get_model("stages", "SkillEvent").objects.filter(pgh_obj=curriculum.python).order_by("pgh_id")
    assert list(events.values_list("pgh_label", "title"))[-2:] == [("update", "Once"), ("update", "Twice")]
    assert events.get(title="Once").pgh_context.metadata == {"user": editor.pk}
    assert pghistory.models.Context.objects.count() == 1


def test_the_group_may_edit_content_and_nothing_else(workshop: Client, curriculum: SimpleNamespace, editor: User) -> None:
    granted = {permission.split(".")[0] for permission in editor.get_all_permissions()}
    assert granted == {"stages", "resources", "search"}
    assert {permission for permission in editor.get_all_permissions() if permission.startswith("search.")} == {"search.view_unanswered"}
    assert not any("event" in permission for permission in editor.get_all_permissions())
    for model, registered in admin.site._registry.items():
        allowed = model._meta.label_lower in {*CONTENT, "search.unanswered"}
        assert workshop.get(_address(model, "changelist")).status_code == (200 if allowed else 403), registered


def test_somebody_of_the_staff_who_is_no_editor_sees_no_content(sign_in: Callable[..., Client], curriculum: SimpleNamespace) -> None:
    client = sign_in(UserFactory(is_staff=True))
    for label in CONTENT:
        assert client.get(_address(apps.get_model(label), "changelist")).status_code == 403


@pytest.mark.parametrize("label", CONTENT)
def test_a_list_costs_the_same_with_few_entries_and_with_many(
    workshop: Client, curriculum: SimpleNamespace, statements: Callable[..., Any], label: str
) -> None:
    address = _address(apps.get_model(label), "changelist")
    workshop.get(address)
    with statements() as few:
        workshop.get(address)
    for number in range(30):
        SkillFactory(stage=curriculum.ground)
        IdeaFactory(stage=curriculum.ground, skills=[curriculum.git])
        ResourceFactory(skills=[curriculum.git])
        AdviceFactory(stage=curriculum.ground)
        Statement.objects.create(id=f"s7-{number}", stage=curriculum.ground, position=number, kind="claim", says="It is.")
    with statements(exactly=len(few)) as many:
        workshop.get(address)
    assert len(many) <= 8, many


def test_a_form_costs_the_same_with_few_parts_and_with_many(
    workshop: Client, curriculum: SimpleNamespace, statements: Callable[..., Any]
) -> None:
    few_skill = SkillFactory(stage=curriculum.ground, points=["a"], needs=[curriculum.git])
    many_skill = SkillFactory(stage=curriculum.ground, points=[f"p{number}" for number in range(10)], needs=curriculum.skills)
    few_idea, many_idea = (
        IdeaFactory(stage=curriculum.ground, skills=[curriculum.git]),
        IdeaFactory(stage=curriculum.ground, skills=curriculum.skills),
    )
    few_resource, many_resource = ResourceFactory(skills=[curriculum.git]), ResourceFactory(skills=curriculum.skills)
    for few, many in ((few_skill, many_skill), (few_idea, many_idea), (few_resource, many_resource)):
        workshop.get(_address(few))
        with statements(at_most=20) as seen:
            workshop.get(_address(few))
        with statements(exactly=len(seen)):
            workshop.get(_address(many))


def test_skills_are_found_by_typing(workshop: Client, curriculum: SimpleNamespace) -> None:
    response = workshop.get(
        reverse("admin:autocomplete"), {"app_label": "stages", "model_name": "projectidea", "field_name": "skills", "term": "old-tool"}
    )
    assert response.json()["results"] == []
    response = workshop.get(
        reverse("admin:autocomplete"), {"app_label": "resources", "model_name": "resource", "field_name": "skills", "term": "numpy"}
    )
    assert [found["id"] for found in response.json()["results"]] == [str(curriculum.numpy.pk)]


def test_the_workshop_wears_the_house_s_dress(workshop: Client) -> None:
    page = html.fromstring(workshop.get(reverse("admin:index")).content.decode())
    sheets = [link.get("href") for link in page.xpath("//link[@rel='stylesheet']")]
    assert sheets[-2:] == ["/static/css/tokens.css", "/static/css/admin.css"]
    assert page.xpath("//*[@id='site-name']")[0].text_content().strip() == "Staircase workshop"
    assert page.xpath("//style | //*[@style] | //script[not(@src)]") == []
