"""The matrix, crossed: every address, method and actor, with and without htmx; and nothing is changed by a refusal or by reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from roadmap.curriculum import snapshot
from roadmap.mentoring.models import PrivateNote
from roadmap.portfolio.models import Project
from roadmap.progress.climb import SESSION_KEY
from roadmap.search.models import Unanswered
from roadmap.stages.models import Statement
from roadmap.web import limits
from tests.authorization.matrix import ACTORS, CONTENT, METHODS, ROWS, SUPERUSERS_ONLY, Row, workshop
from tests.factories import (
    PUBLISHED,
    CohortFactory,
    InvitationFactory,
    ListedProjectFactory,
    MentorshipFactory,
    ProfileFactory,
    ProjectFactory,
    ReviewFactory,
    SignOffFactory,
)

# A session is not something that somebody wrote; allauth counts its limits in the cache; that a mentor looks is written down for the learner.
UNWATCHED = {"django_session", "cache", "mentoring_accesslog"}
READING = ("GET", "HEAD")


# --- The cast and what it touches -----------------------------------------------------------------------------------


@pytest.fixture
def browsers(curriculum: Any, request: pytest.FixtureRequest) -> dict[str, Client]:
    """A browser for each actor; the guest has a mark."""
    browsers = {actor: Client(raise_request_exception=False) for actor in ACTORS}
    browsers["guest"].post("/skills/python/mark/", {"state": "learning"})
    assert SESSION_KEY in browsers["guest"].session
    for actor in ACTORS[2:]:
        browsers[actor].force_login(request.getfixturevalue(actor))
    learner = request.getfixturevalue("learner")
    learner.marks.create(skill=curriculum.numpy, state="learning")
    ProjectFactory(id="amina-builds", learner=learner, shows=[curriculum.numpy])
    bo = request.getfixturevalue("other_learner")
    ProfileFactory(person=bo, visibility="public")
    ListedProjectFactory(learner=bo, slug="shown")
    ProjectFactory(learner=bo, slug="hidden")
    mentor, other_mentor = request.getfixturevalue("mentor"), request.getfixturevalue("other_mentor")
    # A visit that has begun already is not written down again.
    MentorshipFactory(id="amina-jonas", mentor=mentor, learner=learner, looked_at=timezone.now())
    CohortFactory(id="autumn", mentor=mentor, name="Autumn", link="autumn-link")
    InvitationFactory(token="amina-asks", sender=learner, email=other_mentor.email)
    InvitationFactory(token="amina-asked", sender=learner, email=other_mentor.email, withdrawn_at=PUBLISHED)
    ReviewFactory(id="amina-asked", project=Project.objects.get(pk="amina-builds"), reviewer=mentor)
    ProjectFactory(id="amina-asks", learner=learner)
    PrivateNote.objects.bulk_create(
        [
            PrivateNote(id=1001, author=mentor, learner=learner, text="Quick."),
            PrivateNote(id=1002, author=other_mentor, learner=bo, text="Slow."),
        ]
    )
    MentorshipFactory(id="amina-luis", mentor=request.getfixturevalue("former_mentor"), learner=learner, ended_at=PUBLISHED)
    MentorshipFactory(mentor=other_mentor, learner=bo)
    learner.marks.create(skill=curriculum.git, state="done")
    learner.own_links.create(id=1004, skill=curriculum.numpy, url="https://example.org/a", title="Mine")
    learner.resets.create(id=1003, stage=curriculum.work, held={"marks": [[curriculum.cv.pk, "done", None]], "ticks": []})
    SignOffFactory(id="amina-signed", learner=learner, skill=curriculum.pandas, mentor=mentor)
    SignOffFactory(id="bo-signed", learner=bo, skill=curriculum.numpy, mentor=other_mentor)
    SignOffFactory(
        id="bo-withdrawn",
        learner=bo,
        skill=curriculum.git,
        mentor=other_mentor,
        withdrawn_at=PUBLISHED,
        withdrawn_because="Copied.",
        withdrawn_by="Priya Raman",
    )
    for skill in (curriculum.numpy, curriculum.git):
        bo.marks.create(skill=skill, state="done")
    return browsers


def contents() -> dict[str, tuple[int, int]]:
    """Rows of every table, with the sum of the transactions that wrote them: any insert, update or delete changes it."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - UNWATCHED)
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{table}', count(*), coalesce(sum(xmin::text::bigint), 0) FROM \"{table}\"" for table in tables)
        )
        return {table: (rows, written) for table, rows, written in cursor.fetchall()}


@contextmanager
def undone(browser: Client) -> Iterator[None]:
    """What happens inside has not happened afterwards, to the database, the browser or the process."""
    cookies, picture = browser.cookies.copy(), snapshot._held
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    browser.cookies, snapshot._held = cookies, picture
    limits.forget()


# --- Answers --------------------------------------------------------------------------------------------------------


def kind(answer: HttpResponse, method: str) -> str:
    """The word of the matrix for an answer."""
    target = answer.get("HX-Redirect") or answer.get("Location")
    if target and urlsplit(target).path in ("/accounts/login/", "/admin/login/") and "next=" in target:
        return "sign-in"
    if target:
        assert not urlsplit(target).netloc, f"leads off the site: {target}"
        return "moved"
    if answer.status_code in (400, 422):
        return "invalid"
    return "ok" if answer.status_code == 200 else str(answer.status_code)


def fits(expected: str, answer: HttpResponse, method: str) -> bool:
    found = kind(answer, method)
    # An action that is done leads back to a page, unless htmx has asked.
    return found == expected or (expected == "ok" and method == "POST" and found == "moved")


def cross(row: Row, address: str, browsers: dict[str, Client]) -> list[str]:
    """What differs from the row."""
    wrong = []
    before = contents()
    for actor in ACTORS:
        for method in METHODS:
            expected = row.cells(method)[actor]
            for headers in ({}, {"HX-Request": "true"}):
                cell = f"{method} {address} by {actor}{' with htmx' if headers else ''}"
                with undone(browsers[actor]):
                    answer = browsers[actor].generic(method, address, **_body(row, method), headers=headers)
                    if not fits(expected, answer, method):
                        wrong.append(f"{cell}: {kind(answer, method)} ({answer.status_code}) instead of {expected}")
                    if kind(answer, method) == "sign-in" and headers and answer.status_code == 302 and not address.startswith("/admin/"):
                        wrong.append(f"{cell}: htmx would swap the sign-in page into the fragment")
                    if (method in READING or expected != "ok") and (changed := _changed(before)):
                        wrong.append(f"{cell}: has changed {changed}")
    return wrong


def _body(row: Row, method: str) -> dict[str, Any]:
    if method != "POST":
        return {}
    return {"data": "&".join(f"{name}={value}" for name, value in row.values.items()), "content_type": "application/x-www-form-urlencoded"}


def _changed(before: dict[str, tuple[int, int]]) -> list[str]:
    after = contents()
    return [table for table in before if after[table] != before[table]]


# --- The rows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row_of_the_matrix_is_what_the_site_answers(row, browsers):
    assert cross(row, reverse(row.name, kwargs=dict(row.arguments)), browsers) == []


def _label(model: type) -> str:
    return model._meta.label_lower


MODELS = sorted(admin.site._registry, key=_label)


@pytest.fixture
def examples(curriculum: Any) -> None:
    """A row for each model that the workshop shows and the cast has none of."""
    Unanswered.objects.create(words="zeppelin", last_on=PUBLISHED.date())
    Statement.objects.create(id="s1-1", stage=curriculum.ground, position=1, kind="fact", says="Somebody has to do it.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, args, status) VALUES ('example', 'default', 'example', '{}', 'todo')"
        )
    assert ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("model", MODELS, ids=_label)
def test_model_in_the_workshop_is_open_to_those_who_may(model, browsers, examples):
    label = _label(model)
    assert label in CONTENT | SUPERUSERS_ONLY, f"{label} is new in the workshop: say in tests/authorization/matrix.py who may open it"
    example = model._base_manager.first()
    prefix = f"admin:{label.replace('.', '_')}"
    wrong = []
    for page, arguments in {"changelist": [], "add": [], "change": [example.pk], "delete": [example.pk], "history": [example.pk]}.items():
        reading, writing = _may(example, page), _may(example, page, "POST")
        # An empty form changes nothing, and says what is missing.
        row = Row(
            f"{prefix}_{page}",
            *(workshop(editor="ok" if label in CONTENT and may else "403", admin="ok" if may else "403") for may in (reading, writing)),
        )
        wrong += cross(row, reverse(row.name, args=arguments), browsers)
    assert wrong == []


def _may(example: Model, page: str, method: str = "GET") -> bool:
    """Whether the workshop offers this at all to a superuser: some things are never added, changed or deleted there."""
    request = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True)
    options = admin.site._registry[type(example)]
    if page == "add":
        return options.has_add_permission(request)
    if page == "delete":
        return options.has_delete_permission(request, example)
    if page == "change" and method == "POST":
        return options.has_change_permission(request, example)
    return options.has_view_permission(request, example)


def test_group_and_person_pages_beyond_the_usual_are_for_superusers(browsers, learner):
    row = Row("admin:auth_user_password_change", workshop(editor="403"), workshop(editor="403"))
    assert cross(row, reverse(row.name, args=[learner.pk]), browsers) == []


def test_editor_finds_content_in_the_workshop_and_no_people(browsers):
    page = browsers["editor"].get("/admin/").content.decode()
    assert [label for label in SUPERUSERS_ONLY if f"/admin/{label.replace('.', '/')}/" in page] == []


def test_address_that_is_none_of_the_workshops_is_hidden_from_those_outside(browsers):
    row = Row("admin", workshop(editor="404", admin="404"), workshop(editor="404", admin="404"))
    assert cross(row, "/admin/no-such-thing/", browsers) == []


# --- Nothing without a row ------------------------------------------------------------------------------------------


def _names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[str | None]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name)) if pattern.name else None
        else:
            yield from _names(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)


OF_MODELS = {
    f"admin:{_label(model).replace('.', '_')}_{page}" for model in MODELS for page in ("changelist", "add", "change", "delete", "history")
}
TESTED_ALONE = {"admin:auth_user_password_change"}


def test_every_address_of_the_site_has_a_row():
    without = set(_names(get_resolver())) - {row.name for row in ROWS} - OF_MODELS - TESTED_ALONE - {None}
    assert without == set(), "say in tests/authorization/matrix.py who may use them"


def test_every_row_is_an_address_of_the_site():
    for row in ROWS:
        try:
            reverse(row.name, kwargs=dict(row.arguments))
        except NoReverseMatch:
            pytest.fail(f"{row} is in the matrix and not on the site")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row_says_something_of_every_actor(row):
    assert set(row.get) == set(row.post) == set(ACTORS)
