"""What a mentor writes about a learner for nobody else, and the next step that the two agree on."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import Http404

from accounts.models import Person
from roadmap.mentoring.access import hold
from roadmap.mentoring.models import Mentorship, PrivateNote
from roadmap.stages.rules import clean_text


class Outdated(Exception):
    """The agreed step was changed in another tab, or by a hand-over; `mentorship` is how it stands."""

    def __init__(self, mentorship: Mentorship) -> None:
        super().__init__(mentorship.version)
        self.mentorship = mentorship


def notes_about(mentor: Person, learner: int) -> list[PrivateNote]:
    """The mentor's own notes about a learner, the latest first."""
    return list(PrivateNote.objects.filter(author=mentor.pk, learner=learner).order_by("-written_at", "-pk"))


def own_note(mentorship: Mentorship, note: int) -> PrivateNote:
    """A note of this mentor's about this learner. Raises Http404: to everybody else it does not exist."""
    found: PrivateNote | None = PrivateNote.objects.filter(author=mentorship.mentor_id, learner=mentorship.learner_id, pk=note).first()
    if found is None:
        raise Http404
    return found


def write_note(*, mentorship: Mentorship, text: str) -> PrivateNote:
    """Keeps a note. The same words sent twice in a row are one note. Raises Ended."""
    text = clean_text(text)
    with transaction.atomic():
        held = hold(mentorship, None)
        mine = PrivateNote.objects.filter(author=held.mentor_id, learner=held.learner_id)
        latest: PrivateNote | None = mine.order_by("-written_at", "-pk").first()
        if latest and latest.text == text:
            return latest
        note = PrivateNote(author_id=held.mentor_id, learner_id=held.learner_id, text=text)
        note.clean_fields(exclude=["author", "learner", "written_at"])
        note.save(force_insert=True)
    return note


def delete_note(*, note: PrivateNote) -> None:
    """Twice is once."""
    PrivateNote.objects.filter(pk=note.pk).delete()


def agree_next_step(*, mentorship: Mentorship, version: int, step: str, on: date | None) -> None:
    """Writes down what the two agreed on; an empty step clears it. Raises Ended, or Outdated where somebody was quicker."""
    words: dict[str, Any] = {"next_step": step, "next_step_on": on if step else None}
    with transaction.atomic():
        held = hold(mentorship, None)
        if held.version != version:
            if (held.next_step, held.next_step_on) == (words["next_step"], words["next_step_on"]):
                return
            raise Outdated(held)
        Mentorship.objects.filter(pk=held.pk).update(**words, version=F("version") + 1)
