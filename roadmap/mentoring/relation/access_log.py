"""Who has looked at a learner's pages, as the learner reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from roadmap.mentoring.access import Page
from roadmap.mentoring.models import AccessLog, Review
from roadmap.portfolio.models import Project

# Of the log, so many lines stand on the page of one's mentors; the rest has a page of its own.
LATEST = 10


@dataclass(frozen=True, slots=True)
class Look:
    """A mentor, or an administrator, has opened a page of the learner, at some minute of this hour (UTC). `title` is that of the project, if it is there."""

    mentor: str
    page: str
    title: str
    hour: datetime


def looks_at(learner: Person) -> "QuerySet[AccessLog]":
    """Who has looked at this learner, the latest first; former mentors as well, and those whose account is gone."""
    return AccessLog.objects.filter(learner_id=learner.pk).select_related("mentor").order_by("-hour", "mentor__name", "page", "pk")


def told(entries: Iterable[AccessLog]) -> list[Look]:
    """Entries of the log in words."""
    entries = list(entries)
    keys = {entry.pk: entry.page.partition(":") for entry in entries}
    of_projects = [key for page, _colon, key in keys.values() if page == Page.PROJECT]
    of_reviews = [key for page, _colon, key in keys.values() if page == Page.REVIEW]
    titles = dict(Project.objects.filter(pk__in=of_projects).values_list("pk", "title")) if of_projects else {}
    if of_reviews:
        titles |= dict(Review.objects.filter(pk__in=of_reviews).values_list("pk", "project__title"))
    return [
        Look(
            mentor=_who(entry),
            page=_page_in_words(keys[entry.pk][0]),
            title=titles.get(keys[entry.pk][2], ""),
            hour=entry.hour,
        )
        for entry in entries
    ]


def _who(entry: AccessLog) -> str:
    if entry.page == Page.ADMINISTRATOR:
        return _("An administrator")
    return str(entry.mentor.name) if entry.mentor else entry.mentor_name


def _page_in_words(page: str) -> str:
    return str(Page(page).label) if page in Page.values else page
