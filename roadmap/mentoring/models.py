from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import plain_text
from roadmap.portfolio.models import Project
from roadmap.stages.models import Skill, Stage

from .querysets import CohortQuerySet, InvitationQuerySet, MentorshipQuerySet, ReviewQuerySet, SignOffQuerySet, StageBadgeQuerySet

INVITATION_DAYS = 14


def public_id() -> str:
    return token_urlsafe(9)


def invitation_end() -> datetime:
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class Scope(models.TextChoices):
    """What a learner shows a mentor. Notes, drafts and answers of practice are never shown."""

    PROGRESS = "progress", _("My skills and steps")
    PROJECTS = "projects", _("My projects and their code")
    PLAN = "plan", _("My plan and hours")
    PRACTICE = "practice", _("How practice goes")
    CAREER = "career", _("My applications")


def _scopes(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(scopes__contained_by=Scope.values), name=name)


class Cohort(models.Model):
    """Learners whom one mentor takes along together. `link` invites whoever has it, while the cohort is open."""

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="cohorts")
    name = models.CharField(_("name"), max_length=80, validators=[plain_text])
    link = models.CharField(max_length=43, unique=True, default=token_urlsafe, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = CohortQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """One person asks another, by e-mail. Only who signs in with this address may answer, once, within INVITATION_DAYS."""

    class Role(models.TextChoices):
        MENTOR = "mentor", _("to be a mentor")
        LEARNER = "learner", _("to be a mentee")

    # The secret part of the address in the mail.
    token = models.CharField(primary_key=True, max_length=43, default=token_urlsafe, editable=False)
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="invitations")
    # What the invited person would become.
    role = models.CharField(max_length=7, choices=Role)
    email = models.EmailField(_("their e-mail address"), max_length=254)
    line = models.CharField(_("a line from you"), max_length=300, blank=True, validators=[plain_text])
    # What the learner of the two would show; a mentor who invites leaves it to the learner.
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), default=list)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="invitations")
    # A mentor hands over: the learner is asked to go on with `successor`, who is asked next, and who then takes the place of `replaces`.
    successor = models.EmailField(_("the new mentor’s e-mail address"), max_length=254, blank=True)
    replaces = models.ForeignKey("Mentorship", models.SET_NULL, null=True, editable=False, related_name="+")
    sent_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(default=invitation_end, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    is_accepted = models.BooleanField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, validators=[plain_text])
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, is_accepted=None) | Q(answered_at__isnull=False, is_accepted__isnull=False),
                name="an_answer_is_yes_or_no",
            ),
            models.CheckConstraint(condition=Q(answered_at=None) | Q(withdrawn_at=None), name="answered_or_withdrawn"),
            models.CheckConstraint(condition=Q(role__in=["mentor", "learner"]), name="invitation_role_is_known"),
            models.CheckConstraint(condition=Q(successor="") | Q(role="learner"), name="a_learner_is_handed_over"),
            _scopes("invitation_scopes_are_known"),
        ]
        indexes = [
            models.Index(fields=["sender", "-sent_at"], name="invitations_of_a_sender"),
            models.Index(fields=["email"], name="invitations_to_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} invites {self.role}"

    @property
    def is_open(self) -> bool:
        """Neither answered, withdrawn nor too old."""
        return self.answered_at is None and self.withdrawn_at is None and timezone.now() < self.expires_at

    @property
    def to(self) -> str:
        """Who was asked, as the sender knows them: a mentor who hands somebody over need not know the address."""
        return self.replaces.learner.name if self.successor and self.replaces else self.email


class Mentorship(models.Model):
    """A mentor sees what a learner shows, from the learner's or mentor's acceptance until one of them ends it."""

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentorships_as_mentor")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mentorships_as_learner")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), default=list)
    cohort = models.ForeignKey(Cohort, models.SET_NULL, null=True, blank=True, related_name="mentorships")
    begun_at = models.DateTimeField(db_default=Now(), editable=False)
    # The last day, where the two have agreed on one.
    ends_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    # When the mentor's present visit to the learner's page began, and the one before: what has changed since that is shown first.
    looked_at = models.DateTimeField(null=True, editable=False)
    looked_before_at = models.DateTimeField(null=True, editable=False)
    # What the two agreed on, for both to see.
    next_step = models.CharField(_("the agreed next step"), max_length=300, blank=True, validators=[plain_text])
    next_step_on = models.DateField(_("by"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mentor", "learner"], condition=Q(ended_at=None), name="one_mentorship_at_a_time"),
            models.CheckConstraint(condition=~Q(mentor=F("learner")), name="nobody_mentors_oneself"),
            models.CheckConstraint(condition=Q(ended_by=None) | Q(ended_at__isnull=False), name="who_ended_it_has_ended_it"),
            models.CheckConstraint(condition=Q(next_step_on=None) | ~Q(next_step=""), name="a_day_has_its_step"),
            _scopes("mentorship_scopes_are_known"),
        ]
        indexes = [
            models.Index(fields=["mentor", "learner"], condition=Q(ended_at=None), name="active_of_a_mentor"),
            models.Index(fields=["learner", "mentor"], condition=Q(ended_at=None), name="active_of_a_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_id} mentors {self.learner_id}"

    def shows(self, scope: str) -> bool:
        """Whether the learner lets the mentor see this much."""
        return scope in self.scopes

    def is_active_on(self, day: date) -> bool:
        """Whether it had neither ended nor run out on this day."""
        return self.ended_at is None and (self.ends_on is None or day <= self.ends_on)


class AccessLog(models.Model):
    """A mentor has looked at a page of a learner; for the learner to read. One row for each page and hour."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="looked_at_by")
    # Who has looked stays readable when the mentor's account goes: by the name that it had.
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    mentor_name = models.CharField(max_length=80, blank=True, db_default="")
    page = models.CharField(max_length=40)
    hour = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "mentor", "page", "hour"], name="one_look_an_hour")]

    def __str__(self) -> str:
        return f"{self.mentor_id} saw {self.page} of {self.learner_id}"


class PrivateNote(models.Model):
    """A mentor's own words about a learner: for nobody else, not the learner, not staff, not another's export."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="private_notes")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField(_("note"), max_length=4000)
    written_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["author", "learner", "-written_at"], name="notes_of_an_author")]

    def __str__(self) -> str:
        return f"a note by {self.author_id}"


class Review(models.Model):
    """A look at a project: the learner asks, one mentor answers. `state` says whose turn it is."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for the mentor")
        CHANGES = "changes", _("Changes asked")
        APPROVED = "approved", _("Approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CLOSED = "closed", _("Closed for now")

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="reviews")
    # The name stays with the words when an account is deleted.
    reviewer_name = models.CharField(max_length=80)
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    question = models.TextField(_("what to look at"), max_length=1000, blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    # The commit that this look is about, and the one of the look before.
    commit = models.CharField(max_length=40, blank=True)
    commit_before = models.CharField(max_length=40, blank=True)
    looks = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(_("what’s good, and the one next thing"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    # The verdict as a draft: only the reviewer sees it.
    draft = models.JSONField(default=dict, blank=True)
    drafted_at = models.DateTimeField(null=True)
    # Raised by every save of the draft: of two tabs, the one that is behind overwrites nothing.
    draft_version = models.PositiveIntegerField(default=1)
    reminded = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(state__in=["asked", "changes"]), name="one_open_review_of_a_project"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "changes", "approved", "withdrawn", "closed"]), name="review_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(state__in=["changes", "approved"]) | ~Q(reason=""), name="a_verdict_has_its_reason"),
        ]
        indexes = [models.Index(fields=["reviewer", "asked_at"], condition=Q(state="asked"), name="queue_of_a_reviewer")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.state}"

    def get_absolute_url(self) -> str:
        return reverse("mentoring:review", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """It is somebody's turn: the mentor's or the learner's."""
        return self.state in (self.State.ASKED, self.State.CHANGES)


class RubricMark(models.Model):
    """The level, 0 to 3, that a review gives one line of the rubric; by its place in it, with its words as they were."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="marks")
    place = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    level = models.PositiveSmallIntegerField()
    says = models.CharField(max_length=300, blank=True)
    look = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "look", "place"], name="one_mark_per_look_and_line"),
            models.CheckConstraint(condition=Q(level__lte=3), name="rubric_level_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.level}"


class Comment(models.Model):
    """What one of the two says in a review, in Markdown; tied to a line of the rubric, to a line of a file, or to nothing.

    Requests and verdicts are here too, with their words as they were, so that a review reads from its first look to its last.
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Comment")
        REQUEST = "request", _("Review asked for")
        CHANGES = "changes", _("Changes asked")
        APPROVED = "approved", _("Approved")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.COMMENT)
    review = models.ForeignKey(Review, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=80)
    text = models.TextField(_("comment"), max_length=4000)
    rubric_place = models.PositiveSmallIntegerField(null=True)
    path = models.CharField(max_length=500, blank=True)
    line = models.PositiveIntegerField(null=True)
    # The commit that was looked at when this was written.
    commit = models.CharField(max_length=40, blank=True)
    # A draft is the author's alone until it is sent.
    is_draft = models.BooleanField(default=False)
    look = models.PositiveSmallIntegerField(default=1)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["comment", "request", "changes", "approved"]), name="comment_kind_is_known"),
            models.UniqueConstraint(fields=["review", "look"], condition=Q(kind__in=["changes", "approved"]), name="one_verdict_of_a_look"),
            models.CheckConstraint(condition=Q(line=None) | ~Q(path=""), name="a_line_has_its_file"),
            models.CheckConstraint(condition=~Q(text="") | Q(kind="request"), name="only_a_request_is_wordless"),
        ]
        indexes = [models.Index(fields=["review", "written_at"], name="comments_of_a_review")]

    def __str__(self) -> str:
        return f"{self.author_name} in {self.review_id}"


class SavedPhrase(models.Model):
    """A sentence that a mentor writes often."""

    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_phrases")
    text = models.CharField(_("phrase"), max_length=500, validators=[plain_text])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mentor", "text"], name="a_phrase_is_saved_once")]

    def __str__(self) -> str:
        return self.text[:40]


class SignOff(models.Model):
    """A mentor puts a name to a learner's skill; the truth behind `Mark.confirmed_at`. It outlives the mentorship and the mentor's account."""

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_offs")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="sign_offs")
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="sign_offs_given")
    mentor_name = models.CharField(max_length=80)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="sign_offs")
    commit = models.CharField(max_length=40, blank=True)
    note = models.CharField(_("what convinced you"), max_length=500)
    signed_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(_("why"), max_length=500, blank=True)
    # The name of whoever withdrew it: the mentor, or an administrator.
    withdrawn_by = models.CharField(max_length=80, blank=True)
    # Of a skill that has been replaced: what the mentor signed. They are withdrawn together.
    carried_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", editable=False)

    objects = SignOffQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "skill"], condition=Q(withdrawn_at=None), name="one_standing_sign_off"),
            models.CheckConstraint(condition=~Q(mentor=F("learner")), name="nobody_signs_for_oneself"),
            models.CheckConstraint(condition=~Q(note=""), name="a_sign_off_has_its_word"),
            models.CheckConstraint(condition=Q(withdrawn_at=None) | ~Q(withdrawn_because=""), name="a_withdrawal_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.mentor_name}: {self.learner_id} {self.skill_id}"


class StageBadge(models.Model):
    """At one moment all skills that a step must have were confirmed: for the learner to take along. It stands while all its sign-offs do."""

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="stage_badges")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="badges")
    sign_offs = models.ManyToManyField(SignOff, related_name="badges")
    earned_at = models.DateTimeField(db_default=Now())

    objects = StageBadgeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.learner_id}: step {self.stage_id}"


class MentorProfile(models.Model):
    """What a mentor says to mentees, and until when no reviews are taken."""

    mentor = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="mentor_profile")
    line = models.CharField(_("one line for your mentees"), max_length=160, blank=True, validators=[plain_text])
    paused_until = models.DateField(_("no reviews until"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.mentor_id}"

    @property
    def pause(self) -> date | None:
        """The day from which on reviews are taken again (UTC); None while they are taken."""
        return self.paused_until if self.paused_until and timezone.now().date() < self.paused_until else None
