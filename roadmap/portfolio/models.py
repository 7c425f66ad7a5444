from secrets import token_urlsafe

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import plain_text
from roadmap.stages.models import ProjectIdea, Skill

from .detection.report import STRENGTHS
from .querysets import EvidenceQuerySet, ProjectQuerySet

# Days that a deleted project can be brought back.
KEEP_DAYS = 30


def public_id() -> str:
    """The part of a project's address that tells nothing about other projects."""
    return token_urlsafe(9)


class Project(models.Model):
    """Something a learner has built: a GitHub repository that can be read, or a link to anywhere."""

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Only me, and my mentor if I have one")
        PUBLIC = "public", _("Everyone, on my portfolio")

    id = models.CharField(primary_key=True, max_length=12, default=public_id, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="projects", db_index=False)
    title = models.CharField(_("name"), max_length=100, validators=[plain_text])
    # The last part of the public address, made once from the title.
    slug = models.SlugField(max_length=60, editable=False)
    summary = models.TextField(_("what it does, and for whom"), max_length=600, blank=True, validators=[MaxLengthValidator(600)])
    # What stands in the address bar, for whoever made it; of a GitHub repository, owner and name are what is asked for.
    url = models.URLField(_("address"), max_length=500)
    # "owner/name" as GitHub spells it, empty for a link to anywhere else.
    repository = models.CharField(max_length=140, blank=True)
    # What tells two projects of one learner apart, in small letters: the repository, or the address.
    key = models.CharField(max_length=500, editable=False)
    demo_url = models.URLField(_("demo"), max_length=500, blank=True)
    writeup_url = models.URLField(_("write-up"), max_length=500, blank=True)
    post_url = models.URLField(_("LinkedIn post"), max_length=500, blank=True)
    idea = models.ForeignKey(ProjectIdea, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("project idea"))
    visibility = models.CharField(_("who can see it"), max_length=8, choices=Visibility, default=Visibility.PRIVATE)
    # The honest questions about a model, answered by the learner in Markdown: they become the project's write-up.
    split = models.TextField(
        _("How was the data split?"),
        max_length=4000,
        blank=True,
        help_text=_("By what, and why: at random, by person, by time. Name the share that the model never saw."),
    )
    baseline = models.TextField(
        _("What is the baseline?"),
        max_length=4000,
        blank=True,
        help_text=_("The simplest guess that could work, such as the mean or the last value, and its score beside yours."),
    )
    leaks = models.TextField(
        _("Where could it leak?"),
        max_length=4000,
        blank=True,
        help_text=_("What the model might know in training that it can’t know in use, and how you looked for it."),
    )
    failures = models.TextField(
        _("Where does it fail?"),
        max_length=4000,
        blank=True,
        help_text=_("The cases with the largest errors, whom they would hurt, and what you tried that didn’t work."),
    )
    next = models.TextField(
        _("What would you do next?"), max_length=4000, blank=True, help_text=_("With another week: the first thing, and why that one.")
    )
    finished_at = models.DateTimeField(null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    # Raised by every save of the words: a form that was opened before it cannot overwrite them.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProjectQuerySet.as_manager()

    QUESTIONS = ("split", "baseline", "leaks", "failures", "next")

    class Meta:
        ordering = ["-updated_at", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "key"], name="one_project_per_learner_and_repository"),
            models.UniqueConstraint(fields=["learner", "slug"], name="one_address_per_learner_and_project"),
            models.CheckConstraint(condition=models.Q(visibility__in=["private", "public"]), name="project_visibility_is_known"),
            models.CheckConstraint(
                condition=models.Q(finished_at=None)
                | (~models.Q(split="") & ~models.Q(baseline="") & ~models.Q(leaks="") & ~models.Q(failures="") & ~models.Q(next="")),
                name="a_finished_project_has_its_answers",
            ),
        ]
        indexes = [models.Index(fields=["learner", "-updated_at"], name="projects_of_a_learner")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("portfolio:project", args=[self.id])

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def answers(self) -> list[tuple[str, str]]:
        """The honest questions in words, each with its answer in Markdown, or nothing."""
        return [(str(getattr(type(self), name).field.verbose_name), getattr(self, name)) for name in self.QUESTIONS]

    @property
    def is_answered(self) -> bool:
        """Every honest question has an answer, so that the project may be presented as finished."""
        return all(getattr(self, question).strip() for question in self.QUESTIONS)


class Inspection(models.Model):
    """How far the reading of a project's repository is, and what the last reading said of it as a whole."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        READING = "reading", _("Reading the code")
        READ = "read", _("Read")
        NOT_FOUND = "not-found", _("Not found")
        PRIVATE = "private", _("Private")
        EMPTY = "empty", _("Empty")
        BLOCKED = "blocked", _("Blocked by GitHub")
        RATE_LIMITED = "rate-limited", _("GitHub asks us to wait")
        UNREACHABLE = "unreachable", _("GitHub doesn’t answer")
        TOO_LARGE = "too-large", _("Too large to read")
        FAILED = "failed", _("Couldn’t be read")

    # A page that shows one of these asks again by itself; all the others are the end until somebody asks for a new reading.
    UNDER_WAY = (State.WAITING, State.READING, State.RATE_LIMITED, State.UNREACHABLE)

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="inspection")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(db_default=Now())
    # When the last reading began: one whose worker died is told from one that runs, and learners take turns.
    began_at = models.DateTimeField(null=True)
    # When the next try is due, where GitHub asked us to wait or did not answer.
    next_try_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    # What made the last reading end without findings: a code of `portfolio/words.py`.
    problem = models.CharField(max_length=40, blank=True)
    # Of the last reading that succeeded.
    read_at = models.DateTimeField(null=True)
    commit = models.CharField(max_length=64, blank=True)
    committed_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=200, blank=True)
    # What the rules were when it was read: the same commit is read again when they have changed.
    rules = models.CharField(max_length=64, blank=True)
    licence = models.CharField(max_length=40, blank=True)
    fork_of = models.CharField(max_length=140, blank=True)
    languages = models.JSONField(default=dict)  # name → bytes
    readme = models.JSONField(default=list)  # of {"key", "is_found", "line", "seen"}
    keys = models.JSONField(default=list)  # of {"path", "line", "kind"}, never a value
    remarks = models.JSONField(default=list)  # of {"code", "path", "count"}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "waiting", "reading", "read", "not-found", "private", "empty", "blocked", "rate-limited", "unreachable", "too-large", "failed",
                    ]
                ),
                name="inspection_state_is_known",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project_id}: {self.state}"

    @property
    def is_under_way(self) -> bool:
        return self.state in self.UNDER_WAY


class Evidence(models.Model):
    """What a project's code shows of one skill: the best place, and up to four more. A suggestion until its learner confirms it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="evidence", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="shown_by")
    strength = models.CharField(max_length=8, choices=[(strength, strength) for strength in STRENGTHS])
    path = models.CharField(max_length=500)
    line = models.PositiveIntegerField(default=1)
    cell = models.PositiveIntegerField(default=0)
    seen = models.CharField(max_length=200)
    commit = models.CharField(max_length=64)
    also = models.JSONField(default=list)  # of {"path", "line", "cell", "seen", "strength"}
    found_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    # The learner said that this is not so: it is not suggested again.
    declined_at = models.DateTimeField(null=True)
    # Since when readings no longer find it; what was confirmed stays.
    gone_at = models.DateTimeField(null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["project", "skill"], name="one_evidence_per_project_and_skill"),
            models.CheckConstraint(condition=models.Q(strength__in=STRENGTHS), name="strength_is_known"),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(declined_at=None), name="evidence_is_not_confirmed_and_declined"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.skill_id} {self.strength}"

    @property
    def answer(self) -> str:
        """What its learner says of it: open, confirmed, declined, or listed (a package that is only named, about which nothing is asked)."""
        if self.confirmed_at:
            return "confirmed"
        return "declined" if self.declined_at else "listed" if self.strength == "listed" else "open"


class HiddenSkill(models.Model):
    """A skill that a learner leaves out of the portfolio."""

    pk = models.CompositePrimaryKey("learner_id", "skill_id")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hidden_skills", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.skill_id}"


class Host(models.Model):
    """What is known of a server that we ask: how often it has failed in a row, and until when it is left alone."""

    name = models.CharField(primary_key=True, max_length=253)
    failures = models.PositiveSmallIntegerField(default=0)
    # For whom it failed last: what only fails for one learner is no failure of the server.
    failed_for = models.BigIntegerField(null=True)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
