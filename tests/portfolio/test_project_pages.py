"""Pages of one's own projects, as a learner uses them: with and without htmx, and with what is typed wrong."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from lxml import html

from accounts.models import User
from roadmap.portfolio.models import Evidence, Inspection, Project
from roadmap.progress.services import mark_skill, read_climb
from tests.factories import EvidenceFactory, ProjectFactory
from tests.parsed import texts

SignIn = Callable[..., Client]


def page_of(project: Project) -> str:
    return f"/projects/{project.pk}/"


# --- Attaching ------------------------------------------------------------------------------------------------------


def test_learner_attaches_a_repository(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    answer = sign_in(learner).post("/projects/new/", {"address": "git@github.com:amina/house-prices.git", "visibility": "private"})
    project = Project.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(project))
    assert (project.repository, project.title, project.url) == (
        "amina/house-prices",
        "House prices",
        "https://github.com/amina/house-prices",
    )
    assert Inspection.objects.get().state == "waiting"


def test_learner_attaches_with_htmx_and_the_whole_page_changes(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    answer = sign_in(learner, htmx=True).post("/projects/new/", {"address": "amina/house-prices", "visibility": "private"})
    assert answer["HX-Redirect"] == page_of(Project.objects.get())


def test_a_wrong_address_is_said_and_what_was_typed_stays(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    typed = {
        "address": "https://github.com/amina/reviews/blob/main/plot.ipynb",
        "title": "What riders say",
        "summary": "Counts words.",
        "visibility": "public",
    }
    answer = sign_in(learner, htmx=True).post("/projects/new/", typed)
    assert answer.status_code == 422
    page = html.fromstring(answer.content.decode())
    assert page.tag == "form"
    assert "https://github.com/amina/reviews" in texts(answer, "#id_address_error")[0]
    assert page.cssselect("#id_address")[0].get("aria-invalid") == "true"
    assert page.cssselect("#id_address")[0].get("value") == typed["address"]
    assert page.cssselect("#id_summary")[0].text_content().strip() == "Counts words."
    assert page.cssselect("input[name=visibility][checked]")[0].get("value") == "public"
    assert not Project.objects.exists()


def test_without_htmx_a_wrong_address_is_the_whole_page_again(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    answer = sign_in(learner).post("/projects/new/", {"address": "", "visibility": "private"})
    assert answer.status_code == 422
    assert texts(answer, "title")[0].startswith("Error:")
    assert texts(answer, "#errors a") == ["Paste the address of your repository, such as https://github.com/amina-yusuf/expense-predictor"]


def test_an_address_suggests_a_name_and_an_idea(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    answer = sign_in(learner, htmx=True).get("/projects/new/", {"address": "https://github.com/amina/house-prices-kenya"})
    words = html.fromstring(answer.content.decode())
    assert words.tag == "p"
    assert "“House prices kenya”" in words.text_content()
    assert words.cssselect("a")[0].get("href") == "/ideas/house-prices/"


@pytest.mark.parametrize("address", ["", "amina", "https://github.com/amina", "https://github.com/amina/x/blob/main/a.py"])
def test_half_an_address_suggests_nothing(learner: User, curriculum: SimpleNamespace, sign_in: SignIn, address: str) -> None:
    assert sign_in(learner, htmx=True).get("/projects/new/", {"address": address}).content.strip() == b""


def test_learner_begins_from_an_idea(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(learner)
    assert (
        html.fromstring(client.get("/projects/new/?idea=house-prices").content.decode())
        .cssselect("#id_idea option[selected]")[0]
        .get("value")
        == "house-prices"
    )
    client.post("/projects/new/", {"address": "amina/house-prices", "idea": "house-prices", "visibility": "private"})
    project = Project.objects.get()
    assert project.idea == curriculum.idea
    assert "Baseline" in texts(client.get(page_of(project)), "section[aria-labelledby=rubric-title] tbody th")


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("demo_url", "https://amina.example.org/demo", "https://amina.example.org/demo"),
        ("post_url", "https://www.linkedin.com/posts/amina_1?utm_source=share", "https://www.linkedin.com/posts/amina_1"),
        ("demo_url", "javascript:alert(1)", None),
        ("demo_url", "http://127.0.0.1/", None),
        ("post_url", "https://example.org/post", None),
    ],
)
def test_links_beside_the_project(
    learner: User, curriculum: SimpleNamespace, sign_in: SignIn, field: str, typed: str, kept: str | None
) -> None:
    answer = sign_in(learner).post("/projects/new/", {"address": "amina/x", "visibility": "private", field: typed})
    if kept is None:
        assert answer.status_code == 422
        assert texts(answer, f"#id_{field}_error") != []
    else:
        assert getattr(Project.objects.get(), field) == kept


TURNED = "House\u202eprices"


def test_a_name_with_invisible_characters_is_refused_in_words(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(learner, htmx=True)
    answer = client.post("/projects/new/", {"address": "amina/x", "title": TURNED, "visibility": "private"})
    assert answer.status_code == 422
    assert texts(answer, "#id_title_error") == ["Use letters, digits and ordinary punctuation."]
    project = ProjectFactory(learner=learner)
    answer = client.post(f"{page_of(project)}edit/", {"title": TURNED, "visibility": "private", "version": "1"})
    assert (answer.status_code, Project.objects.get().title) == (422, project.title)


def test_whose_project_it_is_cannot_be_named(learner: User, other_learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    forged = {"learner": other_learner.pk, "slug": "forged", "finished_at": "2026-01-01", "key": "k", "version": "7", "id": "forged"}
    sign_in(learner).post("/projects/new/", {"address": "amina/x", "visibility": "private", **forged})
    project = Project.objects.get()
    assert (project.learner, project.slug, project.finished_at, project.key, project.version) == (learner, "x", None, "github:amina/x", 1)


def test_a_link_to_another_host_is_kept_and_said_so(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(learner)
    client.post("/projects/new/", {"address": "https://gitlab.com/amina/x", "visibility": "private"})
    page = client.get(page_of(Project.objects.get()))
    assert texts(page, "main .note h2")[0] == "A link, not read"
    assert client.post(f"{page_of(Project.objects.get())}inspect/").status_code == 404


# --- The page of a project ------------------------------------------------------------------------------------------


def test_learner_confirms_what_was_found(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas])
    client = sign_in(learner, htmx=True)
    answer = client.post(f"{page_of(project)}evidence/", {"skill": ["numpy", "pandas"]})
    assert read_climb(learner.pk).shown == {curriculum.numpy.pk, curriculum.pandas.pk}
    body = answer.content.decode()
    assert "2 skills are now shown by your code." in body
    assert "hx-swap-oob" in body
    assert texts(client.get(page_of(project)), "#shown-title") == ["2 skills shown"]


def test_a_skill_without_a_mark_becomes_learning_and_that_is_said(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.pandas.pk, state="done")
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas])
    answer = sign_in(learner, htmx=True).post(f"{page_of(project)}evidence/", {"skill": ["numpy", "pandas"]})
    assert "1 had no mark and is Learning now." in answer.content.decode()


def test_one_finding_is_declined_and_the_others_stay_open(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas])
    sign_in(learner).post(f"{page_of(project)}evidence/", {"skill": ["numpy", "pandas"], "decline": "numpy"})
    assert {row.skill.slug: row.answer for row in Evidence.objects.select_related("skill")} == {"numpy": "declined", "pandas": "open"}


def test_nothing_ticked_is_said_in_plain_words(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    answer = sign_in(learner, htmx=True).post(f"{page_of(project)}evidence/")
    assert (answer.status_code, answer.content.decode().strip(), answer["HX-Retarget"]) == (
        422,
        "Tick at least one skill first.",
        "#status",
    )


def test_findings_are_not_asked_about_while_they_are_read_anew(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    answer = sign_in(learner, htmx=True).post(f"{page_of(project)}inspect/").content.decode()
    assert "1 finding waits for your word" in answer
    assert "confirm-evidence" not in answer


def test_a_finished_project_that_loses_an_answer_is_told_so(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, finished_at="2026-01-01T00:00Z", **dict.fromkeys(Project.QUESTIONS, "Yes."))
    page = sign_in(learner).post(f"{page_of(project)}write-up/", {"split": "", "version": "1"}, follow=True)
    assert "no longer presented as finished" in page.content.decode()


def test_without_htmx_confirming_leads_back_to_the_evidence(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    answer = sign_in(learner).post(f"{page_of(project)}evidence/", {"skill": "numpy"})
    assert answer["Location"] == f"{page_of(project)}#evidence"


def test_the_line_on_github_is_that_of_the_commit_that_was_read(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, repository="amina/x")
    EvidenceFactory(project=project, skill=curriculum.numpy, path="notes/a b.ipynb", line=7, cell=2)
    page = html.fromstring(sign_in(learner).get(page_of(project)).content.decode())
    assert page.cssselect(".place a")[0].get("href") == f"https://github.com/amina/x/blob/{'a' * 40}/notes/a%20b.ipynb?plain=1#L7"


def test_hostile_text_of_a_repository_stays_text(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy, path='"><script>alert(1)</script>.py', seen="<img src=x onerror=alert(1)>")
    Inspection.objects.update(readme=[{"key": "data", "is_found": True, "line": 1, "seen": "<b hx-get=/x>"}])
    page = html.fromstring(sign_in(learner).get(page_of(project)).content.decode())
    assert page.cssselect("main script, main img, main b[hx-get]") == []


def test_a_reading_asks_again_until_it_ends(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, read=False)
    client = sign_in(learner, htmx=True)
    waiting = html.fromstring(client.get(f"{page_of(project)}reading/").content.decode())
    assert waiting.get("hx-trigger") == "every 2s"
    EvidenceFactory(project=project, skill=curriculum.numpy)
    Inspection.objects.update(state="read", read_at="2026-01-01T00:00Z", commit="a" * 40)
    ended = html.fromstring(f"<div>{client.get(f'{page_of(project)}reading/').content.decode()}</div>")
    assert ended.cssselect("[hx-trigger]") == []
    assert {element.get("hx-swap-oob") for element in ended.cssselect("[hx-swap-oob]")} == {
        "innerHTML:#evidence",
        "innerHTML:#readme",
        "innerHTML:#status",
    }


def test_a_poll_leaves_messages_to_the_page_that_they_are_for(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(learner)
    client.post("/projects/new/", {"address": "amina/x", "visibility": "private"})  # leaves a message for the page
    project = Project.objects.get()
    for state in ("waiting", "not-found"):
        Inspection.objects.update(state=state)
        assert "Project attached." not in client.get(f"{page_of(project)}reading/", headers={"HX-Request": "true"}).content.decode()
    assert "Project attached." in client.get(page_of(project)).content.decode()


def test_without_scripts_the_page_loads_again_while_it_is_read(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, read=False)
    assert '<noscript><meta http-equiv="refresh"' in sign_in(learner).get(page_of(project)).content.decode()
    Inspection.objects.update(state="not-found")
    assert "http-equiv" not in sign_in(learner).get(page_of(project)).content.decode()


@pytest.mark.parametrize("state", Inspection.State.values)
def test_every_state_of_a_reading_has_its_words(learner: User, curriculum: SimpleNamespace, sign_in: SignIn, state: str) -> None:
    project = ProjectFactory(learner=learner)
    Inspection.objects.update(state=state, next_try_at="2026-11-24T14:10Z" if state in ("rate-limited", "unreachable") else None)
    words = texts(sign_in(learner).get(page_of(project)), "#reading p")[0]
    assert words
    assert ("14:10" in words) == (state in ("rate-limited", "unreachable"))


def test_learner_asks_for_a_new_reading_twice_and_it_is_one(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    client = sign_in(learner, htmx=True)
    for _ in range(2):
        assert client.post(f"{page_of(project)}inspect/").status_code == 200
    assert Inspection.objects.get().state == "waiting"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%read_repositories'")
        assert cursor.fetchone() == (1,)


def test_a_fourth_reading_at_once_waits_its_turn(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    projects = [ProjectFactory(learner=learner) for _ in range(4)]
    client = sign_in(learner)
    answers = [client.post(f"{page_of(project)}inspect/").status_code for project in projects]
    assert answers == [302, 302, 302, 429]
    assert Inspection.objects.filter(state="waiting").count() == 3


def test_learner_asks_for_readings_more_often_than_github_bears(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    client = sign_in(learner, htmx=True)
    for _ in range(10):
        assert client.post(f"{page_of(project)}inspect/").status_code == 200
        Inspection.objects.update(state="read")
    refused = client.post(f"{page_of(project)}inspect/")
    assert (refused.status_code, Inspection.objects.get().state) == (429, "read")
    assert int(refused["Retry-After"]) > 0


def test_committed_secrets_are_told_to_their_owner(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    Inspection.objects.update(keys=[{"path": "config.py", "line": 3, "kind": "aws"}])
    assert texts(sign_in(learner).get(page_of(project)), "section[aria-labelledby=keys-title] li") == [
        "A key of Amazon Web Services: config.py:3"
    ]


def test_confirmed_evidence_that_is_gone_says_so(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy, confirmed_at="2026-01-01T00:00Z", gone_at="2026-02-01T00:00Z")
    assert "no longer finds this" in texts(sign_in(learner).get(page_of(project)), "#finding-numpy")[0]


# --- Words ----------------------------------------------------------------------------------------------------------


def test_learner_edits_a_project_that_was_saved_in_another_tab(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    client = sign_in(learner, htmx=True)
    first = {"title": "From the first tab", "visibility": "private", "version": "1"}
    assert "HX-Redirect" in client.post(f"{page_of(project)}edit/", first)
    second = client.post(f"{page_of(project)}edit/", {**first, "title": "From the second tab"})
    assert second.status_code == 422
    form = html.fromstring(second.content.decode())
    assert form.cssselect("#id_title")[0].get("value") == "From the second tab"
    assert Project.objects.get().title == "From the first tab"
    again = {"title": "From the second tab", "visibility": "private", "version": form.cssselect("#id_version")[0].get("value")}
    client.post(f"{page_of(project)}edit/", again)
    assert Project.objects.get().title == "From the second tab"


def test_learner_answers_the_questions_and_presents_the_project_as_finished(
    learner: User, curriculum: SimpleNamespace, sign_in: SignIn
) -> None:
    project = ProjectFactory(learner=learner)
    client = sign_in(learner)
    answers = {name: f"About **{name}**." for name in Project.QUESTIONS}
    assert client.post(f"{page_of(project)}finish/", {"state": "finished"}).status_code == 422
    client.post(f"{page_of(project)}write-up/", {**answers, "version": "1"})
    page = client.get(page_of(project))
    assert texts(page, "section[aria-labelledby=write-up] .prose strong") == list(Project.QUESTIONS)
    client.post(f"{page_of(project)}finish/", {"state": "finished"})
    assert Project.objects.get().finished_at is not None


def test_an_answer_that_is_too_long_keeps_what_was_typed(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    answer = sign_in(learner, htmx=True).post(f"{page_of(project)}write-up/", {"split": "x" * 4001, "leaks": "None.", "version": "1"})
    assert answer.status_code == 422
    form = html.fromstring(answer.content.decode())
    assert form.cssselect("#id_leaks")[0].text_content().strip() == "None."
    assert form.cssselect("#id_split")[0].get("aria-invalid") == "true"


# --- Lists, deletion, archive ---------------------------------------------------------------------------------------


def test_learner_deletes_a_project_and_restores_it(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    client = sign_in(learner)
    client.post(f"{page_of(project)}evidence/", {"skill": "numpy"})
    asked = client.get(f"{page_of(project)}delete/")
    assert texts(asked, "#only-title + ul li") == [curriculum.numpy.title]
    assert client.post(f"{page_of(project)}delete/")["Location"] == "/projects/?show=deleted"
    assert read_climb(learner.pk).shown == frozenset()
    assert texts(client.get("/projects/"), "article") == []
    assert len(texts(client.get("/projects/?show=deleted"), "article")) == 1
    assert client.get(f"{page_of(project)}edit/").status_code == 404
    client.post(f"{page_of(project)}restore/")
    assert read_climb(learner.pk).shown == {curriculum.numpy.pk}


def test_an_archived_project_is_on_a_shelf_of_its_own(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    project = ProjectFactory(learner=learner)
    client = sign_in(learner)
    client.post(f"{page_of(project)}archive/", {"state": "archived"})
    assert texts(client.get("/projects/"), "article") == []
    assert len(texts(client.get("/projects/?show=archived"), "article")) == 1
    client.post(f"{page_of(project)}archive/", {"state": "current"})
    assert len(texts(client.get("/projects/"), "article")) == 1


def test_nobody_sees_projects_of_others(learner: User, other_learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    ProjectFactory(learner=learner, visibility="public", title="Sentinel")
    assert "Sentinel" not in sign_in(other_learner).get("/projects/").content.decode()


def test_a_superuser_reads_a_project_and_it_is_logged(
    learner: User, admin_user: User, curriculum: SimpleNamespace, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    project = ProjectFactory(learner=learner)
    assert sign_in(learner).get(page_of(project)).status_code == 200
    assert "project_read_by_superuser" not in caplog.text
    assert sign_in(admin_user).get(page_of(project)).status_code == 200
    assert "project_read_by_superuser" in caplog.text
    EvidenceFactory(project=project, skill=curriculum.numpy, confirmed_at="2026-01-01T00:00Z")
    assert "Your mark" in sign_in(learner).get(page_of(project)).content.decode()
    assert "Your mark" not in sign_in(admin_user).get(page_of(project)).content.decode()


def test_no_project_yet(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    assert texts(sign_in(learner).get("/projects/"), ".empty h2") == ["Your code can speak for you"]


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_costs_the_same_statements_whatever_its_length(
    learner: User, curriculum: SimpleNamespace, sign_in: SignIn, statements: Any, count: int
) -> None:
    for _ in range(count):
        ProjectFactory(learner=learner, shows=[curriculum.numpy, curriculum.pandas])
    client = sign_in(learner)
    client.get("/projects/")
    with statements(exactly=7):
        client.get("/projects/")


def test_the_page_of_a_skill_shows_where_code_shows_it(learner: User, curriculum: SimpleNamespace, sign_in: SignIn) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="done")
    client = sign_in(learner)
    assert texts(client.get("/skills/numpy/"), "#note-numpy .badge") == ["Claimed"]
    project = ProjectFactory(learner=learner, shows=[curriculum.numpy])
    assert "Waits for your word" in texts(client.get("/skills/numpy/"), "section[aria-labelledby=evidence-title] li")[0]
    client.post(f"{page_of(project)}evidence/", {"skill": "numpy"})
    page = client.get("/skills/numpy/")
    assert texts(page, "#note-numpy .badge") == ["Shown"]
    assert "src/model.py:12" in texts(page, "section[aria-labelledby=evidence-title] li")[0]
    assert texts(client.get("/stages/ground/"), "#note-numpy .badge") == ["Shown"]
    assert Evidence.objects.count() == 1
