import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from lxml import html

from roadmap.progress.models import Note
from roadmap.progress.notes import NoteChanged, note_of, save_note


def address(slug: str = "numpy") -> str:
    return reverse("progress:note", args=[slug])


def write(client, text: str, version: int, slug: str = "numpy"):
    return client.post(address(slug), {"text": text, "version": version})


def fields(response) -> tuple[str, str]:
    """What the form holds: text and version."""
    page = html.fromstring(response.content)
    [text] = page.cssselect("textarea[name=text]")
    [version] = page.cssselect("input[name=version]")
    return text.text.lstrip("\n") if text.text else "", version.get("value")


def test_learner_writes_a_note_and_finds_it_on_the_page_of_the_skill(curriculum, learner, sign_in):
    client = sign_in(learner)
    assert fields(client.get(reverse("skill", args=["numpy"]))) == ("", "0")
    page = client.post(address(), {"text": "Axis 0 goes **down**.", "version": 0}, follow=True)
    assert page.redirect_chain == [("/skills/numpy/#own-note", 302)]
    assert [bold.text for bold in html.fromstring(page.content).cssselect("#own-note .prose strong")] == ["down"]
    assert fields(page) == ("Axis 0 goes **down**.", "1")


def test_htmx_gets_the_note_in_its_place(curriculum, learner, sign_in):
    answer = write(sign_in(learner, htmx=True), "Axis 0", 0)
    assert fields(answer) == ("Axis 0", "1")
    assert "Note saved." in answer.content.decode()


@pytest.mark.parametrize(("htmx", "status"), [(False, 409), (True, 422)])
def test_two_tabs_lose_no_text_both_are_shown(curriculum, learner, sign_in, htmx, status):
    client = sign_in(learner, htmx=htmx)
    write(client, "first tab", 0)
    answer = write(client, "second tab", 0)
    assert answer.status_code == status
    [stands] = html.fromstring(answer.content).cssselect("pre.stands")
    assert (stands.text, fields(answer)) == ("first tab", ("second tab", "1"))
    assert Note.objects.get().text == "first tab"

    write(client, "both tabs", 1)
    assert (Note.objects.get().text, Note.objects.get().version) == ("both tabs", 2)


def test_the_same_text_sent_again_is_saved_already(curriculum, learner):
    skill = curriculum.numpy.pk
    for _time in range(2):
        saved = save_note(learner=learner.pk, skill_id=skill, text="once", version=0)
    assert (saved.text, saved.version) == ("once", 1)


def test_a_note_is_emptied_and_written_anew(curriculum, learner):
    skill = curriculum.numpy.pk
    save_note(learner=learner.pk, skill_id=skill, text="once", version=0)
    emptied = save_note(learner=learner.pk, skill_id=skill, text="", version=1)
    assert (emptied.text, emptied.version) == ("", 2)
    with pytest.raises(NoteChanged):
        save_note(learner=learner.pk, skill_id=skill, text="of an old tab", version=1)
    assert save_note(learner=learner.pk, skill_id=skill, text="anew", version=2).version == 3


def test_a_version_that_never_was_saves_nothing_over_another(curriculum, learner):
    skill = curriculum.numpy.pk
    save_note(learner=learner.pk, skill_id=skill, text="once", version=0)
    with pytest.raises(NoteChanged) as changed:
        save_note(learner=learner.pk, skill_id=skill, text="later", version=9)
    assert changed.value.stands.text == "once"


def test_many_tabs_at_once_save_one_text_and_show_it_to_the_others(curriculum, learner, together):
    def save(number: int) -> str:
        try:
            return save_note(learner=learner.pk, skill_id=curriculum.numpy.pk, text=f"tab {number}", version=0).text
        except NoteChanged as changed:
            return changed.stands.text

    assert set(together(8, save)) == {Note.objects.get().text}


def test_a_long_note_is_refused_with_its_length_and_stays_in_the_field(curriculum, learner, sign_in):
    answer = write(sign_in(learner), "x" * 20_001, 0)
    assert answer.status_code == 422
    assert "This is 20001 characters long; shorten it to 20000." in answer.content.decode()
    assert len(fields(answer)[0]) == 20_001
    with pytest.raises(ValidationError):
        save_note(learner=learner.pk, skill_id=curriculum.numpy.pk, text="x" * 20_001, version=0)


def test_database_refuses_a_note_that_is_too_long(curriculum, learner):
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(learner=learner, skill=curriculum.numpy, text="é" * 20_001)
    Note.objects.create(learner=learner, skill=curriculum.numpy, text="é" * 20_000)


@pytest.mark.parametrize(
    "values", [{"text": "a\x00b", "version": 0}, {"text": "a", "version": "x"}, {"text": "a", "version": -1}, {"text": "a"}]
)
def test_what_no_form_of_ours_sends_is_refused(curriculum, learner, sign_in, values):
    assert sign_in(learner).post(address(), values).status_code == 422
    assert not Note.objects.exists()


def test_hostile_markdown_is_harmless(curriculum, learner, sign_in):
    page = sign_in(learner).post(address(), {"text": "<img src=x onerror=alert(1)> [a](javascript:alert(1))", "version": 0}, follow=True)
    note = html.fromstring(page.content).cssselect("#own-note .prose")[0]
    assert not note.xpath(".//img | .//a[starts-with(@href, 'javascript')]")


def test_nobody_else_reads_it(curriculum, learner, other_learner, sign_in):
    save_note(learner=learner.pk, skill_id=curriculum.numpy.pk, text="sentinel-of-amina", version=0)
    client = sign_in(other_learner)
    for page in (reverse("skill", args=["numpy"]), address(), reverse("progress:note_list")):
        assert "sentinel-of-amina" not in client.get(page).content.decode()
    assert note_of(other_learner.pk, curriculum.numpy.pk).text == ""


def test_all_notes_are_listed_in_the_order_of_the_staircase(curriculum, learner, sign_in):
    for slug in ("statistics", "python"):
        save_note(learner=learner.pk, skill_id=getattr(curriculum, slug).pk, text=f"on {slug}", version=0)
    save_note(learner=learner.pk, skill_id=curriculum.git.pk, text="", version=0)
    answer = sign_in(learner).get(reverse("progress:note_list"))
    assert answer["Cache-Control"] == "private, no-store"
    assert [note.text_content().strip() for note in html.fromstring(answer.content).cssselect("main .prose")] == [
        "on python",
        "on statistics",
    ]


@pytest.mark.parametrize("count", [1, 9])
def test_list_takes_as_many_statements_for_many_notes(curriculum, learner, sign_in, statements, count):
    for skill in curriculum.skills[:count]:
        save_note(learner=learner.pk, skill_id=skill.pk, text="x", version=0)
    client = sign_in(learner)
    client.get(reverse("progress:note_list"))
    with statements(exactly=4):
        client.get(reverse("progress:note_list"))
