from typing import Any, TypeVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .querysets import IdeaQuerySet, SkillQuerySet, StageQuerySet

Model = TypeVar("Model", bound=type[models.Model])


def tracked(model: Model) -> Model:
    """Every version of a row is kept: triggers write it down, whoever changes it."""
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)(model)


# A stage whose number is as high has left the staircase, so that its number is free for another.
OFF_THE_STAIRCASE = 1000


def _slugs(**options: Any) -> ArrayField:
    return ArrayField(models.SlugField(max_length=80), default=list, blank=True, **options)


class Statement(models.Model):
    """A numbered statement of the article that the roadmap grew from; each is carried by a page that a visitor can reach."""

    id = models.CharField(_("number"), max_length=8, primary_key=True, help_text=_("s<stage>-<number>, such as s5-2."))
    stage = models.ForeignKey("Stage", models.PROTECT, related_name="statements", verbose_name=_("stage"))
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=20)
    says = models.TextField(_("what it says"))

    class Meta:
        ordering = ["position"]
        verbose_name = _("statement")
        verbose_name_plural = _("statements")

    def __str__(self) -> str:
        return f"{self.id}: {self.says}"


@tracked
class Stage(models.Model):
    """One of the steps of the staircase."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True, help_text=_("Part of the address, and permanent."))
    formerly = _slugs(verbose_name=_("earlier slugs"), help_text=_("Addresses that lead here."))
    position = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=120)
    short = models.CharField(_("short title"), max_length=40)
    goal = models.TextField(_("goal"))
    why = models.TextField(_("why it matters"), help_text=_("Markdown."))
    body = models.TextField(_("body"), help_text=_("Markdown."))
    published_at = models.DateTimeField(_("published"), null=True, blank=True, help_text=_("Empty while it is a draft."))

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [models.UniqueConstraint(fields=["position"], name="one_stage_per_position", deferrable=models.Deferrable.DEFERRED)]

    def __str__(self) -> str:
        return f"{self.position} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("stage", args=[self.slug])


@tracked
class Advice(models.Model):
    """A piece of advice that a stage shows beside its skills."""

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="advice", verbose_name=_("stage"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.TextField(_("text"), help_text=_("Markdown."))
    carries = models.ManyToManyField(Statement, related_name="advice", blank=True, verbose_name=_("carries"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        ordering = ["stage__position", "position"]
        verbose_name = _("piece of advice")
        verbose_name_plural = _("advice")

    def __str__(self) -> str:
        return self.slug


@tracked
class Skill(models.Model):
    """One block of the staircase. Its slug is permanent; a skill that has marks is retired, never deleted."""

    class Necessity(models.TextChoices):
        MUST = "must", _("must")
        NICE = "nice", _("nice to have")
        ALTERNATIVE = "alternative", _("one of a group is enough")

    class Origin(models.TextChoices):
        SEED = "seed", _("the article")
        BEYOND = "beyond", _("added for the work of today")

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="skills", verbose_name=_("stage"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    slug = models.SlugField(_("slug"), max_length=80, unique=True, help_text=_("Part of the address, and permanent."))
    formerly = _slugs(verbose_name=_("earlier slugs"), help_text=_("Addresses that lead here."))
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=240)
    level = models.PositiveSmallIntegerField(
        _("level"), validators=[MinValueValidator(1), MaxValueValidator(3)], help_text=_("1 first steps, 2 practice, 3 deep.")
    )
    hours = models.DecimalField(
        _("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0.5)], help_text=_("An honest estimate for a beginner.")
    )
    necessity = models.CharField(_("necessity"), max_length=12, choices=Necessity)
    group = models.SlugField(
        _("group"), max_length=80, blank=True, help_text=_("Skills of one group stand for one another as a prerequisite.")
    )
    aliases = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("aliases"),
        default=list,
        blank=True,
        help_text=_("What else people call it; found by search."),
    )
    why = models.TextField(_("why it matters"), help_text=_("Markdown."))
    how = models.TextField(_("how to learn it"), help_text=_("Markdown."))
    pitfalls = ArrayField(models.TextField(), verbose_name=_("pitfalls"), default=list)
    first_task = models.TextField(_("first task"), help_text=_("Twenty minutes, to begin with. Markdown."))
    next = models.TextField(_("where it is used next"), help_text=_("Markdown."))
    use_when = models.TextField(_("use it when"), blank=True)
    avoid_when = models.TextField(_("avoid it when"), blank=True)
    compare_with = models.TextField(_("compare it with"), blank=True)
    evidence = models.JSONField(_("evidence"), default=dict, blank=True, help_text=_("What in a repository shows this skill."))
    origin = models.CharField(_("origin"), max_length=8, choices=Origin, default=Origin.BEYOND)
    carries = models.ManyToManyField(Statement, related_name="skills", blank=True, verbose_name=_("carries"))
    needs = models.ManyToManyField(
        "self",
        through="Prerequisite",
        through_fields=("skill", "needs"),
        symmetrical=False,
        related_name="leads_to",
        verbose_name=_("needs"),
    )
    retired_at = models.DateTimeField(
        _("retired"), null=True, blank=True, help_text=_("A retired skill leaves the roadmap; its marks stay.")
    )
    replaced_by = models.ManyToManyField("self", symmetrical=False, related_name="replaces", blank=True, verbose_name=_("replaced by"))

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["stage__position", "position"]
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [
            models.CheckConstraint(condition=models.Q(level__range=(1, 3)), name="level_is_1_to_3"),
            models.CheckConstraint(condition=models.Q(hours__gt=0), name="skill_takes_time"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("skill", args=[self.slug])


@tracked
class DonePoint(models.Model):
    """One observable point of what "done" looks like. Its key is permanent: ticks hang on it."""

    skill = models.ForeignKey(Skill, models.PROTECT, related_name="done_points", verbose_name=_("skill"))
    key = models.SlugField(_("key"), max_length=20, help_text=_("Permanent, whatever happens to the text or place."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    text = models.TextField(_("text"), help_text=_("Begins with “You …” and can be observed."))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("done-point")
        verbose_name_plural = _("done-points")
        constraints = [models.UniqueConstraint(fields=["skill", "key"], name="one_done_point_per_key")]

    def __str__(self) -> str:
        return self.text


class Prerequisite(models.Model):
    """One skill builds on another. It advises and never blocks; any skill of the needed one's group satisfies it."""

    skill = models.ForeignKey(Skill, models.CASCADE, related_name="prerequisites", verbose_name=_("skill"))
    needs = models.ForeignKey(Skill, models.PROTECT, related_name="needed_by", verbose_name=_("needs"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = _("prerequisite")
        verbose_name_plural = _("prerequisites")
        constraints = [
            models.UniqueConstraint(fields=["skill", "needs"], name="one_prerequisite_per_pair"),
            models.CheckConstraint(
                condition=~models.Q(skill=models.F("needs")),
                name="no_skill_needs_itself",
                violation_error_message=_("A skill cannot need itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id} needs {self.needs_id}"


@tracked
class ProjectIdea(models.Model):
    """Something worth building, with the rubric that a reviewer reads it by."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="ideas", verbose_name=_("stage"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    formerly = _slugs(verbose_name=_("earlier slugs"), help_text=_("Addresses that lead here."))
    title = models.CharField(_("title"), max_length=120)
    brief = models.TextField(_("brief"), help_text=_("Markdown."))
    data = models.TextField(_("data"), help_text=_("Markdown."))
    baseline = models.TextField(_("baseline"), help_text=_("What it has to beat. Markdown."))
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0.5)])
    skills = models.ManyToManyField(Skill, through="IdeaSkill", related_name="ideas", verbose_name=_("skills"))
    carries = models.ManyToManyField(Statement, related_name="ideas", blank=True, verbose_name=_("carries"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        ordering = ["stage__position", "position"]
        verbose_name = _("project idea")
        verbose_name_plural = _("project ideas")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("idea", args=[self.slug])


class IdeaSkill(models.Model):
    """A skill that a project idea asks for."""

    idea = models.ForeignKey(ProjectIdea, models.CASCADE, verbose_name=_("idea"))
    skill = models.ForeignKey(Skill, models.PROTECT, verbose_name=_("skill"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = _("skill of an idea")
        verbose_name_plural = _("skills of an idea")
        constraints = [models.UniqueConstraint(fields=["idea", "skill"], name="one_skill_per_idea")]

    def __str__(self) -> str:
        return f"{self.idea_id} asks for {self.skill_id}"


class RubricItem(models.Model):
    """One line of an idea's rubric: four levels, each better than the one before."""

    idea = models.ForeignKey(ProjectIdea, models.CASCADE, related_name="rubric", verbose_name=_("idea"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=120)
    levels = ArrayField(models.TextField(), size=4, verbose_name=_("levels"), help_text=_("Four descriptions, from missing to excellent."))

    class Meta:
        ordering = ["position"]
        verbose_name = _("rubric item")
        verbose_name_plural = _("rubric")
        constraints = [
            models.UniqueConstraint(fields=["idea", "title"], name="one_rubric_item_per_title"),
            models.CheckConstraint(condition=models.Q(levels__len=4), name="a_rubric_item_has_four_levels"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if len(self.levels or []) != 4:
            raise ValidationError({"levels": _("Write four levels, from missing to excellent.")})
