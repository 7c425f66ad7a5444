"""A learner's own notes on skills: read and saved by their author alone."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from .models import Note

# One statement decides: of two who save from the same version, one finds it gone. A text that stands already is saved already.
_SAVE = """
INSERT INTO progress_note AS held (learner_id, skill_id, text, version, updated_at)
SELECT %(learner)s, %(skill)s, %(text)s, 1, now()
WHERE %(version)s = 0 OR EXISTS (SELECT 1 FROM progress_note WHERE learner_id = %(learner)s AND skill_id = %(skill)s)
ON CONFLICT (learner_id, skill_id) DO UPDATE
SET text = EXCLUDED.text, version = held.version + 1, updated_at = now()
WHERE held.version = %(version)s AND held.text <> EXCLUDED.text
"""


@dataclass(frozen=True)
class NoteChanged(Exception):
    """The note was saved elsewhere since it was read; `stands` is what stands now."""

    stands: Note


def note_of(learner: int, skill_id: int) -> Note:
    """The note of one learner on one skill; an unsaved one, of version 0, where there is none."""
    return Note.objects.filter(learner=learner, skill=skill_id).first() or Note(learner_id=learner, skill_id=skill_id, version=0)


def notes_of(learner: int) -> QuerySet[Note]:
    """All notes of one learner that say something."""
    return Note.objects.filter(learner=learner).exclude(text="").select_related("skill")


def save_note(*, learner: int, skill_id: int, text: str, version: int) -> Note:
    """Saves the text over the `version` that it was written from (0: there was no note). An empty text empties the note.

    Sent again, it changes nothing. Raises NoteChanged where another text has been saved since, and keeps that one;
    ValidationError where the text is too long.
    """
    Note(learner_id=learner, skill_id=skill_id, text=text, version=max(version, 1)).clean_fields()
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, {"learner": learner, "skill": skill_id, "text": text, "version": version})
    stands = note_of(learner, skill_id)
    if stands.text != text:
        raise NoteChanged(stands)
    return stands
