from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import PLAIN_TEXT
from roadmap.stages.models import Skill, tracked

from .querysets import ResourceQuerySet


@tracked
class Resource(models.Model):
    """Something to read, watch or try for one or more skills."""

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        BOOK = "book", _("Book")
        DOCS = "docs", _("Docs")
        VIDEO = "video", _("Video")
        ARTICLE = "article", _("Article")
        INTERACTIVE = "interactive", _("Exercise")
        DATASET = "dataset", _("Dataset")
        TOOL = "tool", _("Tool")
        COMMUNITY = "community", _("Community")
        NEWSLETTER = "newsletter", _("Newsletter")
        PODCAST = "podcast", _("Podcast")
        JOB_BOARD = "job_board", _("Job board")

    class Cost(models.TextChoices):
        FREE = "free", _("Free")
        FREEMIUM = "freemium", _("Partly free")
        PAID = "paid", _("Paid")

    class Level(models.TextChoices):
        BEGINNER = "beginner", _("Beginner")
        INTERMEDIATE = "intermediate", _("Intermediate")
        ADVANCED = "advanced", _("Advanced")

    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=160)
    url = models.URLField(_("address"), max_length=400, unique=True, validators=[URLValidator(schemes=["https"])])
    publisher = models.CharField(_("publisher"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    cost = models.CharField(_("cost"), max_length=8, choices=Cost)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, validators=[MinValueValidator(0.1)])
    language = models.CharField(_("language"), max_length=8, default="en")
    skills = models.ManyToManyField(Skill, through="ResourceSkill", related_name="resources", verbose_name=_("skills"))
    checked = models.CharField(_("how the address was checked"), max_length=200)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        constraints = [models.CheckConstraint(condition=models.Q(url__startswith="https://"), name="address_is_https")]

    def __str__(self) -> str:
        return self.title


class ResourceSkill(models.Model):
    """A skill that a resource teaches."""

    resource = models.ForeignKey(Resource, models.CASCADE, verbose_name=_("resource"))
    skill = models.ForeignKey(Skill, models.PROTECT, verbose_name=_("skill"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = _("skill of a resource")
        verbose_name_plural = _("skills of a resource")
        constraints = [models.UniqueConstraint(fields=["resource", "skill"], name="one_skill_per_resource")]

    def __str__(self) -> str:
        return f"{self.resource_id} teaches {self.skill_id}"


class ShelfItem(models.Model):
    """A resource that a learner keeps for later, or has read."""

    class State(models.TextChoices):
        SAVED = "saved", _("Saved for later")
        READ = "read", _("Read")

    pk = models.CompositePrimaryKey("learner_id", "resource_id")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shelf", db_index=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    state = models.CharField(max_length=5, choices=State)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=["saved", "read"]), name="shelf_state_is_known")]

    def __str__(self) -> str:
        return f"{self.learner_id}: {self.resource_id} {self.state}"


class OwnLink(models.Model):
    """A private link that a learner has added to a skill."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_links", db_index=False)
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    url = models.URLField(_("address"), max_length=400, validators=[URLValidator(schemes=["https", "http"])])
    title = models.CharField(
        _("title"), max_length=160, validators=[RegexValidator(PLAIN_TEXT, _("Use letters, spaces and ordinary punctuation."))]
    )
    is_read = models.BooleanField(default=False)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "skill", "url"], name="one_link_once_on_a_skill"),
            models.CheckConstraint(
                condition=models.Q(url__startswith="https://") | models.Q(url__startswith="http://"), name="own_link_is_of_the_web"
            ),
        ]

    def __str__(self) -> str:
        return self.title
