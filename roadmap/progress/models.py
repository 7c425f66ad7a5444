import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.stages.models import DonePoint, Skill


class State(models.TextChoices):
    """How far a learner is with a skill. "Not started" is the absence of a mark."""

    LEARNING = "learning", _("Learning")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")


def state_label(state: str) -> str:
    """A state in words; "none" is the absence of a mark."""
    return str(State(state).label) if state != "none" else gettext("Not started")


class Mark(models.Model):
    """A learner's word on one skill, and since when code (shown) and a mentor (confirmed) agree."""

    pk = models.CompositePrimaryKey("learner_id", "skill_id")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="marks", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="marks")
    state = models.CharField(max_length=8, choices=State)
    claimed_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    # The mentor's name as it was signed: it outlives the account, and no page asks for more.
    confirmed_by = models.CharField(max_length=80, blank=True, db_default="")
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="mark_state_is_known"),
            models.CheckConstraint(condition=models.Q(state=State.DONE) | models.Q(claimed_at=None), name="only_a_done_mark_is_claimed"),
        ]
        # One person's marks lie in a few pages of this index, whenever they were made.
        indexes = [models.Index(fields=["learner"], include=["skill", "state", "shown_at", "confirmed_at"], name="marks_of_a_learner")]
        # Whatever writes or deletes a mark is counted: also bulk writes, merges, the deletion of an account.
        triggers = [
            pgtrigger.Trigger(
                name="count_a_new_mark",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="INSERT INTO progress_tallychange (skill_id, was, now) VALUES (NEW.skill_id, '', NEW.state); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="count_a_changed_mark",
                operation=pgtrigger.Update,
                when=pgtrigger.After,
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="INSERT INTO progress_tallychange (skill_id, was, now) VALUES (NEW.skill_id, OLD.state, NEW.state); RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="count_a_deleted_mark",
                operation=pgtrigger.Delete,
                when=pgtrigger.After,
                func="INSERT INTO progress_tallychange (skill_id, was, now) VALUES (OLD.skill_id, OLD.state, ''); RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.skill_id} {self.state}"


class Tick(models.Model):
    """A learner has reached one done-point."""

    pk = models.CompositePrimaryKey("learner_id", "point_id")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ticks", db_index=False)
    point = models.ForeignKey(DonePoint, models.PROTECT, related_name="ticks")
    ticked_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.point_id}"


class MarkEvent(models.Model):
    """Append-only: one change of one mark. The audit trail, the undo and the heatmap."""

    class Source(models.TextChoices):
        PAGE = "page", _("marked on a page")
        MERGE = "merge", _("taken over from before signing in")
        REPLACED = "replaced", _("carried over from a retired skill")
        SHOWN = "shown", _("begun because code shows it")

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mark_events", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", db_index=False)
    from_state = models.CharField(max_length=8, blank=True)
    to_state = models.CharField(max_length=8, blank=True)
    # When the skill was first claimed, kept so that taking a slip back within a day restores the date.
    claimed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.PAGE)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["learner", "skill", "-id"], name="events_of_a_learner")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.skill_id} {self.from_state or 'none'} to {self.to_state or 'none'}"


class Guest(models.Model):
    """A climber without an account, known by the opaque id that the session holds. Dropped after 90 days unseen."""

    id = models.UUIDField(primary_key=True)
    seen_on = models.DateField(db_index=True)
    # The account that these marks were copied to, until its first sign-in.
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.id)


class GuestMark(models.Model):
    """A guest's word on one skill."""

    pk = models.CompositePrimaryKey("guest_id", "skill_id")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="marks", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State)
    claimed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="guest_mark_state_is_known")]

    def __str__(self) -> str:
        return f"{self.guest_id}: {self.skill_id} {self.state}"


class GuestTick(models.Model):
    """A guest has reached one done-point."""

    pk = models.CompositePrimaryKey("guest_id", "point_id")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="ticks", db_index=False)
    point = models.ForeignKey(DonePoint, models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.guest_id}: {self.point_id}"


class SkillTally(models.Model):
    """How many learners stand where with one skill: a rollup that the worker keeps, so that no page counts over learners."""

    skill = models.OneToOneField(Skill, models.CASCADE, primary_key=True, related_name="tally")
    learning = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    refreshed_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.learning} learning, {self.done} done, {self.skipped} skipped"


class TallyChange(models.Model):
    """One change of one learner's mark that the tallies do not hold yet. A trigger writes it with the mark; counting deletes it.

    So a change is counted once, whatever order transactions commit in.
    """

    # Without constraints: nothing here may slow a mark down.
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    was = models.CharField(max_length=8, blank=True)
    now = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.was or 'none'} to {self.now or 'none'}"
