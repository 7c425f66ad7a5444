from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import Person


class ProjectQuerySet(models.QuerySet[Any]):
    def of(self, learner: "Person") -> Self:
        """One's own, the deleted ones as well: what may be changed."""
        return self.filter(learner_id=learner.pk)

    def visible_to(self, user: "Person") -> Self:
        """What may be read in full: one's own, and everything for a superuser."""
        return self.all() if user.is_superuser else self.of(user)

    def kept(self) -> Self:
        """Without the deleted."""
        return self.filter(deleted_at=None)

    def current(self) -> Self:
        """Neither deleted nor archived."""
        return self.kept().filter(archived_at=None)

    def archived(self) -> Self:
        return self.kept().exclude(archived_at=None)

    def deleted(self) -> Self:
        return self.exclude(deleted_at=None)

    def counts(self) -> dict[str, int]:
        """How many stand on each shelf: current, archived, deleted. One statement."""
        shelves = {"current": Q(deleted_at=None, archived_at=None), "archived": Q(deleted_at=None, archived_at__isnull=False)}
        counted = {name: models.Count("pk", filter=condition) for name, condition in shelves.items()}
        return self.aggregate(**counted, deleted=models.Count("pk", filter=Q(deleted_at__isnull=False)))

    def public(self) -> Self:
        """What its learner has chosen for the portfolio."""
        return self.current().filter(visibility="public")


class EvidenceQuerySet(models.QuerySet[Any]):
    def of(self, learner: "Person") -> Self:
        return self.filter(project__learner_id=learner.pk, project__deleted_at=None)

    def confirmed(self) -> Self:
        """What makes a skill shown: confirmed by its learner, in a project that is not deleted."""
        return self.filter(project__deleted_at=None).exclude(confirmed_at=None)

    def shown_only_here(self, project: Any) -> Self:
        """What this project shows and no other of its learner does."""
        others = self.model.objects.filter(project__learner_id=project.learner_id).confirmed().exclude(project=project)
        return self.filter(project=project).exclude(confirmed_at=None).exclude(skill__in=others.values("skill"))
