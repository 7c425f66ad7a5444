from django.contrib.postgres.aggregates import JSONBAgg
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import JSONObject


class ResourceQuerySet(models.QuerySet):
    def published(self) -> "ResourceQuerySet":
        """Resources that visitors see: not retired."""
        return self.filter(retired_at__isnull=True)

    def with_skills(self) -> "ResourceQuerySet":
        """With `taught`: the published skills that each is for, as plain values in the order of the staircase; no further statement."""
        skill = JSONObject(
            slug=F("resourceskill__skill__slug"),
            title=F("resourceskill__skill__title"),
            stage=F("resourceskill__skill__stage__slug"),
            stage_number=F("resourceskill__skill__stage__position"),
            stage_title=F("resourceskill__skill__stage__short"),
        )
        is_published = Q(resourceskill__skill__retired_at__isnull=True, resourceskill__skill__stage__published_at__isnull=False)
        order = ["resourceskill__skill__stage__position", "resourceskill__skill__position"]
        return self.annotate(taught=JSONBAgg(skill, filter=is_published, order_by=order, default=[]))
