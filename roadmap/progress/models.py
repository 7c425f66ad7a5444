import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roadmap.stages.models import DonePoint, Skill, Stage


class State(models.TextChoices):
    """How far a learner is with a skill. "Not started" is the absence of a mark."""

    LEARNING = "learning", _("Learning")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")


def state_label(state: str) -> str:
    """A state in words; "none" is the absence of a mark."""
    return str(State(state).label) if state != "none" else gettext("Not started")


def _finish_triggers(table: str, finished: str, owner: str) -> list[pgtrigger.Trigger]:
    """What keeps finished steps in step with the marks, whatever writes them.

    A step is finished when the last of its published skills is done or skipped; it is open again when one of the marks that made it
    so is taken back. A skill that the step gains later changes nothing.
    """
    return [
        pgtrigger.Trigger(
            name="finish_the_step",
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
            when=pgtrigger.After,
            condition=pgtrigger.Q(new__state__in=["done", "skipped"]),
            # The last two skills, marked at the same moment, wait for each other here: the second sees the first.
            func=f"""
                PERFORM pg_advisory_xact_lock(hashtextextended('finish ' || NEW.{owner} || ' ' || stage_id, 0)) FROM stages_skill WHERE id = NEW.skill_id;
                INSERT INTO {finished} ({owner}, stage_id, skills, finished_at)
                SELECT NEW.{owner}, skill.stage_id, array_agg(skill.id), now() FROM stages_skill AS skill
                LEFT JOIN {table} AS mark ON mark.{owner} = NEW.{owner} AND mark.skill_id = skill.id AND mark.state IN ('done', 'skipped')
                WHERE skill.stage_id = (SELECT stage_id FROM stages_skill WHERE id = NEW.skill_id) AND skill.retired_at IS NULL
                GROUP BY skill.stage_id HAVING bool_and(mark.skill_id IS NOT NULL)
                ON CONFLICT ({owner}, stage_id) DO UPDATE SET skills = EXCLUDED.skills;
                RETURN NULL;
            """,
        ),
        pgtrigger.Trigger(
            name="open_the_step_again",
            operation=pgtrigger.UpdateOf("state") | pgtrigger.Delete,
            when=pgtrigger.After,
            condition=pgtrigger.Q(old__state__in=["done", "skipped"]),
            func=f"""
                IF TG_OP = 'DELETE' OR NEW.state NOT IN ('done', 'skipped') THEN
                    DELETE FROM {finished} WHERE {owner} = OLD.{owner} AND OLD.skill_id = ANY(skills)
                        AND stage_id = (SELECT stage_id FROM stages_skill WHERE id = OLD.skill_id);
                END IF;
                RETURN NULL;
            """,
        ),
    ]


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
            *_finish_triggers("progress_mark", "progress_finishedstage", "learner_id"),
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
        OFFLINE = "offline", _("marked without a connection")
        RESET = "reset", _("begun anew")
        RESTORED = "restored", _("a new beginning taken back")

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mark_events", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", db_index=False)
    from_state = models.CharField(max_length=8, blank=True)
    to_state = models.CharField(max_length=8, blank=True)
    # When the skill was first claimed, kept so that taking a slip back within a day restores the date.
    claimed_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=8, choices=Source, default=Source.PAGE)
    # The name that a device gave to a mark made without a connection: sent twice, it is taken once.
    key = models.UUIDField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["learner", "skill", "-id"], name="events_of_a_learner"),
            models.Index(fields=["learner", "-at"], name="days_of_a_learner"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["learner", "key"], condition=models.Q(key__isnull=False), name="a_waiting_mark_is_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.skill_id} {self.from_state or 'none'} to {self.to_state or 'none'}"


class Aim(models.Model):
    """What a learner said at the start: hours a week, what is known, what draws them. Each may be left out, and all may change."""

    class Known(models.TextChoices):
        CODE = "code", _("Written small programs")
        DATA = "data", _("Used Python for data")
        MATH = "math", _("Math after school")
        MODELS = "models", _("Trained a model")

    class Draw(models.TextChoices):
        CAREER = "career", _("A new career")
        STUDIES = "studies", _("My studies")
        WORK = "work", _("My current work")
        CURIOSITY = "curiosity", _("Curiosity")

    learner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="aim")
    hours_a_week = models.PositiveSmallIntegerField(_("hours a week"), null=True, blank=True)
    known = ArrayField(models.CharField(max_length=8, choices=Known), default=list, blank=True)
    draw = models.CharField(max_length=9, choices=Draw, blank=True)
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hours_a_week__isnull=True) | models.Q(hours_a_week__range=(1, 60)), name="a_week_has_1_to_60_hours"
            ),
            models.CheckConstraint(condition=models.Q(draw__in=["", "career", "studies", "work", "curiosity"]), name="draw_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.hours_a_week or '?'} h a week"


class SetAside(models.Model):
    """A skill that a learner does not want as the next step for a while ("not this one")."""

    pk = models.CompositePrimaryKey("learner_id", "skill_id")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.skill_id} until {self.until:%Y-%m-%d}"


class FinishedStage(models.Model):
    """A step whose skills were all done or skipped: it stays finished when the curriculum gains a skill later."""

    pk = models.CompositePrimaryKey("learner_id", "stage_id")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False)
    # The skills that made it: taking the mark of one of them back opens the step again.
    skills = ArrayField(models.BigIntegerField())
    finished_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.stage_id}"


class Note(models.Model):
    """A learner's own words on one skill, in Markdown: private, also from mentors and editors."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skill_notes", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    text = models.TextField(max_length=20_000, blank=True, validators=[MaxLengthValidator(20_000)])
    # Raised by each saving: who saves from an older one is shown both texts.
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "skill"], name="one_note_on_a_skill")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.skill_id}"


class Reset(models.Model):
    """A step, or the whole climb, that a learner began anew: what was there before, for 30 days, to take back."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="resets", db_index=False)
    # None: the whole climb.
    stage = models.ForeignKey(Stage, models.SET_NULL, null=True, related_name="+")
    # {"marks": [[skill, state, claimed_at]], "ticks": [[point, ticked_at]], "finished": [[stage, [skill], finished_at]]}
    held = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["learner", "-at"], name="resets_of_a_learner")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.stage_id or 'everything'} {self.at:%Y-%m-%d}"


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
        triggers = _finish_triggers("progress_guestmark", "progress_guestfinishedstage", "guest_id")

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


class GuestSetAside(models.Model):
    """A skill that a guest does not want as the next step for a while."""

    pk = models.CompositePrimaryKey("guest_id", "skill_id")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="+", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+", db_index=False)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.guest_id}: {self.skill_id} until {self.until:%Y-%m-%d}"


class GuestFinishedStage(models.Model):
    """A step whose skills a guest had all done or skipped."""

    pk = models.CompositePrimaryKey("guest_id", "stage_id")
    guest = models.ForeignKey(Guest, models.CASCADE, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False)
    # The skills that made it: taking the mark of one of them back opens the step again.
    skills = ArrayField(models.BigIntegerField())
    finished_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.guest_id}: {self.stage_id}"


class GuestAim(models.Model):
    """What a guest said at the start. It goes along to the account."""

    guest = models.OneToOneField(Guest, models.CASCADE, primary_key=True, related_name="aim")
    hours_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    known = ArrayField(models.CharField(max_length=8, choices=Aim.Known), default=list, blank=True)
    draw = models.CharField(max_length=9, choices=Aim.Draw, blank=True)
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hours_a_week__isnull=True) | models.Q(hours_a_week__range=(1, 60)),
                name="a_guests_week_has_1_to_60_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(draw__in=["", "career", "studies", "work", "curiosity"]), name="guests_draw_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guest_id}: {self.hours_a_week or '?'} h a week"


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
