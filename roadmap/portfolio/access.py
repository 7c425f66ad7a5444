"""Where views begin: projects that somebody may change, and those that somebody may see."""

from accounts.models import Person, Profile

from .models import Project
from .querysets import ProjectQuerySet


def own_projects(person: Person) -> ProjectQuerySet:
    """What this person may change: one's own, the deleted ones as well."""
    return Project.objects.of(person).select_related("inspection", "idea")


def is_on(person: Person) -> bool:
    """Whether others see this person's portfolio."""
    return Profile.objects.filter(person_id=person.pk).exclude(visibility=Profile.Visibility.OFF).exists()


def visible_projects(person: Person) -> ProjectQuerySet:
    """What this person may read in full."""
    return Project.objects.visible_to(person).select_related("inspection", "idea")
