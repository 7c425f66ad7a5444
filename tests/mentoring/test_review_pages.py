"""Pages of a review, as a learner and a mentor use them: with and without htmx, and with what goes wrong."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import User
from roadmap.mentoring.models import AccessLog, Comment, MentorProfile, Mentorship, Review, SavedPhrase
from roadmap.mentoring.relation import services as relations
from roadmap.mentoring.reviews import services as reviews
from roadmap.portfolio.models import Inspection, Project
from roadmap.progress.services import mark_skill
from tests.factories import EvidenceFactory, MentorshipFactory, ProjectFactory
from tests.parsed import texts

SignIn = Callable[..., Client]
REASON = "Honest errors; next, split by month."
ASK = {"mentor": "jonas-weber", "question": "Is my **split** fair?"}


def hidden(answer: Any) -> dict[str, str]:
    page = html.fromstring(answer.content.decode())
    return {field.get("name"): field.get("value", "") for field in page.cssselect("#review-form input[type=hidden]")}


@pytest.fixture
def mentorship(learner: User, mentor: User) -> Mentorship:
    return MentorshipFactory(learner=learner, mentor=mentor)


@pytest.fixture
def project(learner: User, curriculum: SimpleNamespace) -> Project:
    project = ProjectFactory(learner=learner)
    EvidenceFactory(project=project, skill=curriculum.numpy, confirmed_at="2026-01-01T00:00Z")
    return project


@pytest.fixture
def review(project: Project, mentorship: Mentorship) -> Review:
    return reviews.request_review(project=project, mentorship=mentorship, question=ASK["question"]).review


@pytest.fixture
def page(review: Review) -> str:
    return f"/mentoring/reviews/{review.pk}/"


def asking(project: Project) -> str:
    return f"/projects/{project.pk}/request-review/"


# --- Asking ---------------------------------------------------------------------------------------------------------


def test_learner_asks_on_the_page_of_the_project(project, mentorship, learner, sign_in: SignIn) -> None:
    client = sign_in(learner)
    before = client.get(project.get_absolute_url())
    assert texts(before, "#request-form .option .muted") == ["Usual wait: not enough reviews yet to say"]
    answer = client.post(asking(project), ASK)
    assert (answer.status_code, answer["Location"]) == (302, f"/projects/{project.pk}/#review")
    after = client.get(project.get_absolute_url())
    assert texts(after, "section[aria-labelledby=review] > .cluster .badge") == ["Waiting since today"]
    assert texts(after, ".thread .prose") == ["Is my split fair?"]
    assert texts(after, ".thread strong") == ["split"]
    assert not texts(after, "#request-form")


def test_asking_with_htmx_leads_to_the_page_too(project, mentorship, learner, sign_in: SignIn) -> None:
    assert sign_in(learner, htmx=True).post(asking(project), ASK).status_code == 302
    assert Review.objects.count() == 1


def test_learner_without_a_mentor_is_shown_the_way_to_one(project, learner, sign_in: SignIn) -> None:
    answer = sign_in(learner).get(project.get_absolute_url())
    assert texts(answer, "section[aria-labelledby=review] a") == ["Find a mentor"]


def test_pause_is_said_and_the_form_refuses(project, mentorship, mentor, learner, sign_in: SignIn) -> None:
    MentorProfile.objects.create(mentor=mentor, paused_until="2099-03-01")
    client = sign_in(learner)
    assert "Jonas Weber takes no reviews until 1 March 2099." in texts(
        client.get(project.get_absolute_url()), "section[aria-labelledby=review] li"
    )
    answer = client.post(asking(project), ASK)
    assert answer.status_code == 422
    assert not Review.objects.exists()


@pytest.mark.parametrize("change", [{"mentor": ""}, {"mentor": "priya-raman"}, {"question": "x" * 1001}])
def test_what_is_wrong_with_a_request_is_said_and_what_was_typed_stays(
    project, mentorship, other_mentor, learner, sign_in: SignIn, change
) -> None:
    answer = sign_in(learner).post(asking(project), {**ASK, **change})
    assert answer.status_code == 422
    assert texts(answer, "title")[0].startswith("Error:")
    assert texts(answer, "#errors a")
    assert texts(answer, "#id_question") == [change.get("question", ASK["question"])]
    assert not Review.objects.exists()


def test_another_mentor_only_after_a_week(review, project, learner, other_mentor, sign_in: SignIn) -> None:
    MentorshipFactory(learner=learner, mentor=other_mentor)
    client = sign_in(learner)
    assert not texts(client.get(project.get_absolute_url()), "#request-form")
    refused = client.post(asking(project), {"mentor": "priya-raman"})
    assert refused.status_code == 422
    assert texts(refused, "#errors li")[0].startswith("Jonas Weber has been asked already.")
    Review.objects.update(asked_at=timezone.now() - timedelta(days=7))
    assert texts(client.get(project.get_absolute_url()), "#request-form .option strong") == ["Priya Raman"]
    assert client.post(asking(project), {"mentor": "priya-raman"}).status_code == 302
    assert Review.objects.get(state="asked").reviewer == other_mentor


# --- The mentor reads and writes ------------------------------------------------------------------------------------


def test_mentor_reads_the_project_and_the_learner_can_read_that(project, mentorship, mentor, learner, curriculum, sign_in: SignIn) -> None:
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    answer = sign_in(mentor).get(f"/mentoring/learners/amina-yusuf/projects/{project.pk}/")
    assert texts(answer, ".finding h3") == ["Title of numpy"]
    assert "Amina says: Learning" in texts(answer, ".finding-state .muted")
    assert texts(answer, "section[aria-labelledby=rubric-title] tbody th")[0] == "The problem is clear"
    assert AccessLog.objects.get().page == f"project:{project.pk}"


def test_mentor_who_sees_projects_alone_reads_no_marks(project, mentorship, mentor, learner, curriculum, sign_in: SignIn) -> None:
    Mentorship.objects.update(scopes=["projects"])
    mark_skill(climber=learner.pk, skill_id=curriculum.numpy.pk, state="learning")
    answer = sign_in(mentor).get(f"/mentoring/learners/amina-yusuf/projects/{project.pk}/")
    assert answer.status_code == 200
    assert "Learning" not in " ".join(texts(answer, "main .finding"))


def test_mentor_writes_and_sends(review, page, mentor, learner, curriculum, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    opened = client.get(page)
    assert texts(opened, "h1") == [review.project.title]
    assert [option.get("value") for option in html.fromstring(opened.content.decode()).cssselect("#places option")] == ["src/model.py:12"]
    sent = {
        **hidden(opened),
        "text": "Cut on training rows.",
        "place": "src/model.py:12",
        "about": "2",
        "level_2": "1",
        "reason": REASON,
        "verdict": "changes",
    }
    answer = client.post(page, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#thread")
    after = sign_in(learner).get(page)
    assert texts(after, ".thread .badge") == ["Review asked for", "Changes asked"]
    place = html.fromstring(after.content.decode()).cssselect(".thread .said a")[0]
    assert (place.text_content(), place.get("href")) == (
        "src/model.py:12",
        f"https://github.com/{review.project.repository}/blob/{'a' * 40}/src/model.py#L12",
    )
    assert texts(after, "section[aria-labelledby=results-title] tbody td")[:1] == ["1, Starting"]
    assert texts(after, "#again-title") == ["Ask for another look"]
    assert {log.page for log in AccessLog.objects.all()} == {f"review:{review.pk}"}


def test_second_press_of_send_says_the_same(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    sent = {**hidden(client.get(page)), "reason": REASON, "verdict": "approved"}
    assert [client.post(page, sent).status_code for _press in range(2)] == [302, 302]
    assert Comment.objects.filter(kind="approved").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "Good."}, "reason"),
        ({"verdict": ""}, "verdict"),
        ({"verdict": "closed"}, "verdict"),
        ({"verdict": "comments"}, "text"),
        ({"text": "x", "place": "/etc/passwd"}, "place"),
        ({"text": "x", "place": "../../x.py:1"}, "place"),
        ({"text": "x", "place": "https://evil.example/x"}, "place"),
        ({"level_0": "7"}, "level_0"),
        ({"text": "x" * 4001}, "text"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_and_what_was_typed_stays(review, page, mentor, sign_in: SignIn, change, field) -> None:
    client = sign_in(mentor)
    answer = client.post(page, {**hidden(client.get(page)), "reason": REASON, "verdict": "changes", **change})
    assert answer.status_code == 422
    assert [link.get("href") for link in html.fromstring(answer.content.decode()).cssselect("#errors a")] == [f"#id_{field}"]
    assert html.fromstring(answer.content.decode()).cssselect(f"#id_{field}")
    assert texts(answer, "#id_reason") == [change.get("reason", REASON)]
    assert Review.objects.get().state == "asked"


def test_comments_alone_are_sent(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    answer = client.post(page, {**hidden(client.get(page)), "verdict": "comments", "text": "Which months?"})
    assert answer.status_code == 302
    after = client.get(page)
    assert texts(after, ".thread .prose") == ["Is my split fair?", "Which months?"]
    assert texts(after, "#review-form")


# --- Drafts ---------------------------------------------------------------------------------------------------------


def test_draft_is_saved_as_typed_and_survives_a_reload(review, page, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor, htmx=True)
    saving = html.fromstring(client.get(page).content.decode()).cssselect("#review-form > [hx-trigger]")[0]
    assert (saving.get("hx-post"), saving.get("hx-target")) == (f"{page}draft/", "#draft-state")
    typed = {
        **hidden(sign_in(mentor).get(page)),
        "reason": "Half a",
        "text": "And th",
        "level_1": "3",
        "place": "x.py:",
        "verdict": "approved",
    }
    saved = client.post(f"{page}draft/", typed)
    assert saved.status_code == 200
    assert "Draft saved at" in texts(saved, ".xs")[0]
    assert texts(saved, ".big-num") == ["3 of 18 points"]
    again = sign_in(mentor).get(page)
    reloaded = html.fromstring(again.content.decode())
    assert (texts(again, "#id_reason"), texts(again, "#id_text")) == (["Half a"], ["And th"])
    assert reloaded.cssselect("#id_place")[0].get("value") == "x.py:"
    assert [box.get("id") for box in reloaded.cssselect("#review-form input:checked, #review-form input[checked]")] == [
        "id_level_1_3",
        "id_verdict_0",
    ]
    theirs = sign_in(learner).get(page)
    assert "Half a" not in theirs.content.decode()
    assert "And th" not in theirs.content.decode()


def test_draft_without_htmx_leads_back(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    answer = client.post(f"{page}draft/", {**hidden(client.get(page)), "reason": "Half"})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}#comments")
    assert Review.objects.get().draft["reason"] == "Half"


def test_second_tab_is_told_and_overwrites_nothing(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    one, two = hidden(client.get(page)), hidden(client.get(page))
    client.post(f"{page}draft/", {**one, "reason": "From the first"})
    late = sign_in(mentor, htmx=True).post(f"{page}draft/", {**two, "reason": "From the second"})
    assert late.status_code == 422
    assert texts(late, ".note")[0].startswith("This draft was saved on another page of yours")
    whole = client.post(f"{page}draft/", {**two, "reason": "From the second"})
    assert whole.status_code == 409
    assert texts(whole, "#id_reason") == ["From the second"]
    assert Review.objects.get().draft["reason"] == "From the first"


def test_comment_is_kept_and_deleted_and_what_is_typed_elsewhere_stays(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    kept = client.post(
        f"{page}comments/", {**hidden(client.get(page)), "text": "Cut *here*.", "place": "src/model.py:12", "reason": "Half"}
    )
    assert (kept.status_code, kept["Location"]) == (302, f"{page}#comments")
    after = client.get(page)
    assert texts(after, ".remark .prose") == ["Cut here."]
    assert (texts(after, "#id_text"), texts(after, "#id_reason")) == ([""], ["Half"])
    draft = Comment.objects.get(is_draft=True)
    client.post(f"{page}comments/{draft.pk}/delete/", {**hidden(after), "reason": "Half a sentence"})
    assert not Comment.objects.filter(is_draft=True).exists()
    assert Review.objects.get().draft["reason"] == "Half a sentence"


def test_empty_comment_is_not_kept(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    answer = client.post(f"{page}comments/", {**hidden(client.get(page)), "text": " ", "reason": "Half"})
    assert answer.status_code == 422
    assert texts(answer, "#id_text_error") == ["Write the comment first."]
    assert texts(answer, "#id_reason") == ["Half"]


def test_phrase_is_saved_put_in_and_deleted(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(f"{page}phrases/", {**hidden(client.get(page)), "text": "Name the baseline."})
    phrase = SavedPhrase.objects.get()
    client.post(f"{page}draft/", {**hidden(client.get(page)), "text": "First this.", "phrase": phrase.pk})
    opened = client.get(page)
    assert texts(opened, "#id_text") == ["First this. Name the baseline."]
    part = sign_in(mentor, htmx=True).post(f"{page}draft/", {**hidden(opened), "text": "With htmx.", "phrase": phrase.pk})
    assert texts(part, "[hx-swap-oob] textarea") == ["With htmx. Name the baseline."]
    client.post(f"{page}phrases/{phrase.pk}/delete/", hidden(client.get(page)))
    assert not SavedPhrase.objects.exists()


def test_phrase_of_another_mentor_is_neither_put_in_nor_deleted(review, page, mentor, other_mentor, sign_in: SignIn) -> None:
    phrase = SavedPhrase.objects.create(mentor=other_mentor, text="Sealed.")
    client = sign_in(mentor)
    client.post(f"{page}draft/", {**hidden(client.get(page)), "text": "Mine.", "phrase": phrase.pk})
    client.post(f"{page}phrases/{phrase.pk}/delete/", {**hidden(client.get(page)), "text": "Mine."})
    assert Review.objects.get().draft["text"] == "Mine."
    assert SavedPhrase.objects.exists()


# --- The second look ------------------------------------------------------------------------------------------------


def test_second_look_shows_what_changed_and_the_last_levels(review, page, project, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(page, {**hidden(client.get(page)), "reason": REASON, "verdict": "changes", "level_0": "1"})
    Inspection.objects.update(commit="b" * 40)
    sign_in(learner).post(asking(project), {**ASK, "question": "Clear now?"})
    second = client.get(page)
    assert texts(second, ".lede")[0].startswith("Second look.")
    link = html.fromstring(second.content.decode()).cssselect("section[aria-labelledby=changed-title] a")[0]
    assert link.get("href") == f"https://github.com/{project.repository}/compare/{'a' * 40}...{'b' * 40}"
    assert texts(second, "#id_level_0 legend") == ["The problem is clear Last time: 1."]
    client.post(page, {**hidden(second), "reason": "Clear, and honest.", "verdict": "approved", "level_0": "3"})
    assert texts(sign_in(learner).get(page), "section[aria-labelledby=results-title] tbody td")[0] == "3, Strong last time: 1"


def test_second_look_without_a_new_commit_says_so(review, page, project, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(page, {**hidden(client.get(page)), "reason": REASON, "verdict": "changes"})
    sign_in(learner).post(asking(project), ASK)
    assert "no new commit since" in texts(client.get(page), "section[aria-labelledby=changed-title] p")[0]


# --- Withdrawals, ends and deletions while somebody writes ----------------------------------------------------------


def test_withdrawal_while_the_mentor_writes_gives_both_texts_and_loses_nothing(review, page, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    typed = {**hidden(client.get(page)), "text": "My comment.", "reason": REASON, "verdict": "approved"}
    withdrawn = sign_in(learner).post(f"{page}withdraw/", {"version": "1"})
    assert (withdrawn.status_code, Review.objects.get().state) == (302, "withdrawn")
    answer = client.post(page, typed)
    assert answer.status_code == 409
    assert texts(answer, "#late p")[0].startswith("Amina withdrew the request a moment earlier")
    assert texts(answer, ".own-words") == ["My comment.", REASON]
    assert texts(answer, ".thread .prose") == ["Is my split fair?"]


def test_verdict_while_the_learner_withdraws_gives_the_verdict(review, page, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(page, {**hidden(client.get(page)), "reason": REASON, "verdict": "changes"})
    answer = sign_in(learner).post(f"{page}withdraw/", {"version": "1"})
    assert answer.status_code == 409
    assert "There was an answer a moment earlier" in texts(answer, "#late p")[0]
    assert REASON in texts(answer, ".thread .prose")


def test_two_verdicts_give_both_texts(review, page, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    one, two = hidden(client.get(page)), hidden(client.get(page))
    client.post(page, {**one, "reason": REASON, "verdict": "changes"})
    answer = client.post(page, {**two, "reason": "It is good as it stands.", "verdict": "approved"})
    assert answer.status_code == 409
    assert texts(answer, ".own-words") == ["It is good as it stands."]
    assert REASON in texts(answer, ".thread .prose")


@pytest.mark.parametrize("address", ["", "draft/", "comments/", "phrases/", "reply/", "comments/1/delete/", "phrases/1/delete/"])
def test_end_while_the_mentor_writes_is_said_and_the_words_come_back(
    review, page, mentorship, mentor, learner, sign_in: SignIn, address
) -> None:
    client = sign_in(mentor)
    typed = {**hidden(client.get(page)), "reason": REASON, "verdict": "approved", "reply-text": "A reply."}
    reviews.keep_comment(review=review, mentorship=mentorship, words=reviews.Words("Kept before."))
    relations.end_mentorship(mentorship=mentorship, by=learner)
    answer = client.post(f"{page}{address}", typed)
    assert answer.status_code == 404
    assert texts(answer, ".own-words") == ["Kept before.", REASON, "A reply."]
    assert client.get(page).status_code == 404
    assert Review.objects.get().reason == ""


def test_stranger_who_writes_learns_nothing(review, page, mentorship, other_mentor, sign_in: SignIn) -> None:
    reviews.keep_comment(review=review, mentorship=mentorship, words=reviews.Words("Secret."))
    client = sign_in(other_mentor)
    there, nowhere = (client.post(address, {"reason": "Mine."}) for address in (page, "/mentoring/reviews/no-such/"))
    assert texts(there, "main") == texts(nowhere, "main")
    assert texts(there, ".own-words") == ["Mine."]


def test_scope_taken_back_within_one_session_closes_every_page(review, page, project, mentor, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    pages = (page, f"/mentoring/learners/amina-yusuf/projects/{project.pk}/")
    assert [client.get(address).status_code for address in pages] == [200, 200]
    Mentorship.objects.update(scopes=["progress"])
    assert [client.get(address).status_code for address in pages] == [404, 404]


def test_page_of_a_mentor_who_is_gone_keeps_the_name(review, page, project, mentor, learner, sign_in: SignIn) -> None:
    client = sign_in(mentor)
    client.post(page, {**hidden(client.get(page)), "reason": REASON, "verdict": "changes"})
    mentor.delete()
    answer = sign_in(learner).get(page)
    assert texts(answer, ".thread .mentor .who")[0].startswith("Jonas Weber, mentor")


def test_project_in_the_bin_is_gone_for_the_mentor(review, page, project, mentor, sign_in: SignIn) -> None:
    Project.objects.update(deleted_at=timezone.now())
    client = sign_in(mentor)
    assert [client.get(address).status_code for address in (page, f"/mentoring/learners/amina-yusuf/projects/{project.pk}/")] == [404, 404]


# --- Replies --------------------------------------------------------------------------------------------------------


def test_learner_replies_about_a_line(review, page, learner, mentor, sign_in: SignIn) -> None:
    client = sign_in(learner)
    answer = client.post(f"{page}reply/", {"reply-text": "<script>alert(1)</script> By *month*.", "reply-place": "a b.py:3"})
    assert answer.status_code == 302
    read = sign_in(mentor).get(page)
    assert "<script>alert" not in read.content.decode()
    assert texts(read, ".thread li:last-child code") == ["a b.py:3"]
    assert html.fromstring(read.content.decode()).cssselect(".thread li:last-child a")[0].get("href").endswith("/a%20b.py#L3")


def test_empty_reply_is_said(review, page, learner, sign_in: SignIn) -> None:
    answer = sign_in(learner).post(f"{page}reply/", {"reply-text": ""})
    assert answer.status_code == 422
    assert texts(answer, "#errors a") == ["Write what you want to say."]


def test_reply_after_a_close_comes_back(review, page, learner, sign_in: SignIn) -> None:
    Review.objects.update(state="closed")
    answer = sign_in(learner).post(f"{page}reply/", {"reply-text": "Still there?"})
    assert answer.status_code == 409
    assert texts(answer, ".own-words") == ["Still there?"]


# --- Statements -----------------------------------------------------------------------------------------------------


def test_review_page_takes_the_same_statements_for_one_comment_and_for_thirty(
    review, page, mentor, learner, mentorship, sign_in: SignIn, statements
) -> None:
    client = sign_in(mentor)
    client.get(page)
    with statements() as one:
        client.get(page)
    for number in range(30):
        reviews.keep_comment(review=review, mentorship=mentorship, words=reviews.Words(f"Draft {number}"))
        reviews.reply(review=review, author=learner, mentorship=None, words=reviews.Words(f"Reply {number}"))
    with statements(exactly=len(one)):
        client.get(page)


def test_signed_out_goes_to_sign_in(review, page, project, client: Client) -> None:
    for address in (page, f"{page}draft/", f"{page}withdraw/", asking(project)):
        assert client.post(address)["Location"].startswith("/accounts/login/")
