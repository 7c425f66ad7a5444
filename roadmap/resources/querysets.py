from django.db import models


class ResourceQuerySet(models.QuerySet):
    def published(self) -> "ResourceQuerySet":
        """Resources that visitors see: not retired."""
        return self.filter(retired_at__isnull=True)
