from django.db import models
from django.utils.translation import gettext_lazy as _


class Revision(models.Model):
    """The number of the curriculum as it stands: one row, raised in the transaction of every change of content."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_revision_row")]

    def __str__(self) -> str:
        return str(self.number)


class LoadedFile(models.Model):
    """A content file as it was last loaded or dumped; an unchanged one is not parsed again."""

    path = models.CharField(max_length=200, primary_key=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.path


class LoadedEntry(models.Model):
    """One entry of the content files as it was last loaded: the common ancestor of file and database."""

    kind = models.CharField(_("kind"), max_length=20)
    key = models.CharField(_("key"), max_length=120)
    fields = models.JSONField(_("fields"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_loaded_entry_per_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
