"""A learner's shelf: resources kept for later or read, and links of one's own. Nobody else sees it."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from roadmap.stages.models import Skill

from .catalogue import Entry, entry_of
from .models import OwnLink, Resource, ShelfItem

Wanted = Literal["none", "saved", "read"]
WANTED: tuple[Wanted, ...] = ("none", "saved", "read")
# Own links that a skill holds.
LINKS = 30

_PUT = """
INSERT INTO resources_shelfitem (learner_id, resource_id, state, changed_at) VALUES (%(learner)s, %(resource)s, %(state)s, now())
ON CONFLICT (learner_id, resource_id) DO UPDATE SET state = EXCLUDED.state, changed_at = EXCLUDED.changed_at
WHERE resources_shelfitem.state <> EXCLUDED.state
"""


def shelf_of(learner: int) -> Mapping[str, str]:
    """What stands on one learner's shelf: states by the resource's slug; one statement."""
    return dict(ShelfItem.objects.filter(learner=learner).values_list("resource__slug", "state"))


def shelved(learner: int) -> list[tuple[Entry, str]]:
    """The shelf as a page shows it, what was put there last first; also what has left the roadmap. Two statements."""
    states = dict(ShelfItem.objects.filter(learner=learner).order_by("-changed_at", "resource_id").values_list("resource_id", "state"))
    resources = {row.pk: entry_of(row) for row in Resource.objects.filter(pk__in=states).with_skills()}
    return [(resources[pk], state) for pk, state in states.items()]


def put_on_shelf(*, learner: int, slug: str, state: Wanted) -> Resource:
    """Keeps a resource for later, says that it is read, or takes it off ("none"). Twice is once.

    Raises Resource.DoesNotExist for one that is not on the roadmap; who has it on the shelf may still change that.
    """
    known = Resource.objects.published().filter(slug=slug) | Resource.objects.filter(slug=slug, pk__in=_held(learner))
    resource = known.get()
    if state == "none":
        ShelfItem.objects.filter(learner=learner, resource=resource).delete()
    else:
        with connection.cursor() as cursor:
            cursor.execute(_PUT, {"learner": learner, "resource": resource.pk, "state": state})
    return resource


def own_links(learner: int) -> QuerySet[OwnLink]:
    """All links that one learner has added, by skill, in the order that they came."""
    return (
        OwnLink.objects.filter(learner=learner)
        .select_related("skill")
        .order_by("skill__stage__position", "skill__position", "added_at", "id")
    )


def links_on(learner: int, skill_id: int) -> list[OwnLink]:
    """The links that one learner has added to one skill."""
    return list(OwnLink.objects.filter(learner=learner, skill=skill_id))


def add_link(*, learner: int, skill: Skill, url: str, title: str) -> OwnLink:
    """Adds a private link to a skill; the same address again gives the link that is there. Without a title it goes by its host.

    Raises ValidationError for an address that is none of the web, a title that is too long, or one link too many.
    """
    link = OwnLink(learner_id=learner, skill=skill, url=url, title=title or _host(url))
    link.clean_fields(exclude=["learner", "skill"])
    with transaction.atomic(), connection.cursor() as cursor:
        # So that the count below is of what stands.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"links {learner} {skill.pk}"])
        standing = {link.url: link for link in links_on(learner, skill.pk)}
        if url in standing:
            return standing[url]
        if len(standing) >= LINKS:
            raise ValidationError(_("%(number)d links are the most for one skill. Take one out first.") % {"number": LINKS})
        link.save(force_insert=True)
    return link


def mark_link_read(*, learner: int, link_id: int, is_read: bool) -> OwnLink | None:
    """Says of an own link whether it is read; None where it is not this learner's. Twice is once."""
    OwnLink.objects.filter(learner=learner, pk=link_id).update(is_read=is_read)
    return OwnLink.objects.filter(learner=learner, pk=link_id).select_related("skill").first()


def drop_link(*, learner: int, link_id: int) -> OwnLink | None:
    """Takes an own link out and says which it was; None for one that is gone, or somebody else's."""
    link = OwnLink.objects.filter(learner=learner, pk=link_id).select_related("skill").first()
    OwnLink.objects.filter(learner=learner, pk=link_id).delete()
    return link


def skill_called(slug: str, *, learner: int) -> Skill | None:
    """A skill that may be given links: one on the roadmap, or one that holds some of this learner's."""
    held = OwnLink.objects.filter(learner=learner).values_list("skill_id", flat=True)
    return (Skill.objects.published().filter(slug=slug) | Skill.objects.filter(slug=slug, pk__in=held)).first()


def _held(learner: int) -> QuerySet[ShelfItem, int]:
    return ShelfItem.objects.filter(learner=learner).values_list("resource_id", flat=True)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")[:160]
    except ValueError:
        return ""
