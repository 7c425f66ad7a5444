from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from roadmap.progress.models import Note


class Entry(models.Model):
    """One thing of the curriculum as it is searched; made anew for each revision, in `entries`."""

    class Kind(models.TextChoices):
        SKILL = "skill", _("Skills")
        STAGE = "stage", _("Steps")
        IDEA = "idea", _("Project ideas")
        RESOURCE = "resource", _("Resources")

    kind = models.CharField(max_length=8, choices=Kind)
    key = models.SlugField(max_length=80)
    # In the order of the staircase: of two that are equally good, the earlier one.
    place = models.PositiveIntegerField()
    # Its title and other names in plain letters, each between two bars: |compute with numpy arrays|np|ndarray|
    names = models.TextField()
    vector = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_entry_of_a_thing")]
        indexes = [GinIndex(fields=["vector"], name="words_of_entries")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Word(models.Model):
    """A word that the curriculum uses where it matters, in plain letters: what a mistyped word may have meant."""

    word = models.CharField(max_length=60, primary_key=True)

    class Meta:
        indexes = [GistIndex(OpClass("word", name="gist_trgm_ops"), name="spelling_of_words")]

    def __str__(self) -> str:
        return self.word


class Edition(models.Model):
    """The revision of the curriculum that entries and words were made from: one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    revision = models.BigIntegerField(default=-1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_edition_row")]

    def __str__(self) -> str:
        return str(self.revision)


class NoteWords(models.Model):
    """The words of a learner's note. A trigger on the notes keeps them, whatever writes."""

    note = models.OneToOneField(Note, models.CASCADE, primary_key=True, related_name="+")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    vector = SearchVectorField()

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.note_id}"


class Unanswered(models.Model):
    """Words that were searched for and not found: how often and when last, never by whom."""

    words = models.CharField(_("words"), max_length=80, unique=True)
    count = models.PositiveIntegerField(_("how often"), default=1)
    last_on = models.DateField(_("last asked"))

    class Meta:
        ordering = ["-count", "words"]
        verbose_name = _("search without an answer")
        verbose_name_plural = _("searches without an answer")

    def __str__(self) -> str:
        return self.words
