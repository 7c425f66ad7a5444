from django.db import models


class StageQuerySet(models.QuerySet):
    def published(self) -> "StageQuerySet":
        """Stages that visitors see; a draft is seen in the workshop only."""
        return self.filter(published_at__isnull=False)


class SkillQuerySet(models.QuerySet):
    def published(self) -> "SkillQuerySet":
        """Skills on the roadmap: of a published stage, and not retired."""
        return self.filter(retired_at__isnull=True, stage__published_at__isnull=False)


class IdeaQuerySet(models.QuerySet):
    def published(self) -> "IdeaQuerySet":
        """Project ideas that visitors see: of a published stage, and not retired."""
        return self.filter(retired_at__isnull=True, stage__published_at__isnull=False)
