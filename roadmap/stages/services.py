"""What changes the roadmap's shape and keeps every mark: retire, replace, bring back, rename, move.

Splitting a skill is to retire it in favour of several; merging is to retire several in favour of one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, ForeignKey, Max, Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .graph import leads_back, read_graph
from .models import Advice, ProjectIdea, Skill, Stage
from .rules import is_slug
from .signals import skill_replaced


@transaction.atomic
def retire_skill(*, skill: Skill, replaced_by: Sequence[Skill] | None = None) -> None:
    """Takes a skill off the roadmap; its row, its address and all marks on it stay.

    `replaced_by` says what stands in its place: its address leads there, and whoever had marked it has the replacements marked.
    None leaves the replacements as they are. Twice is once; replacements that come later are carried over as well. Raises
    `ValidationError` where the replacements would lead back to the skill.
    """
    # Writing comes first, here and below: writers of content wait for one another there, and what is read afterwards stands.
    Skill.objects.filter(pk=skill.pk, retired_at=None).update(retired_at=timezone.now())
    if replaced_by is None:
        return
    skill = Skill.objects.get(pk=skill.pk)
    replaced_by = list(dict.fromkeys(replaced_by))
    check_replacements(skill=skill, replaced_by=replaced_by)
    wanted = {replacement.pk for replacement in replaced_by}
    held = set(skill.replaced_by.values_list("pk", flat=True))
    _replace_in_order(skill, replaced_by)
    if wanted - held:
        skill_replaced.send(retire_skill, skill_id=skill.pk, replaced_by=[replacement.pk for replacement in replaced_by])


@transaction.atomic
def reinstate_skill(*, skill: Skill) -> None:
    """Brings a retired skill back to its place on the roadmap. What had replaced it keeps the marks that were carried over."""
    Skill.objects.filter(pk=skill.pk).update(retired_at=None)
    skill.replaced_by.clear()


@transaction.atomic
def rename(*, entry: Stage | Skill | ProjectIdea, slug: str) -> None:
    """Gives a stage, skill or idea a new slug; its earlier addresses lead on. Raises `ValidationError` where the slug is taken."""
    model = type(entry)
    model.objects.filter(pk=entry.pk).update(slug=F("slug"))
    entry = model.objects.get(pk=entry.pk)
    if entry.slug == slug:
        return
    check_slug(entry=entry, slug=slug)
    entry.formerly = [*(old for old in entry.formerly if old not in (slug, entry.slug)), entry.slug]
    entry.slug = slug
    entry.save(update_fields=["slug", "formerly"])


@transaction.atomic
def move_skill(*, skill: Skill, stage: Stage) -> None:
    """Moves a skill to the end of another stage. Its address and its marks stay as they are."""
    last = stage.skills.aggregate(last=Max("position"))["last"]
    Skill.objects.filter(pk=skill.pk).exclude(stage=stage).update(stage=stage, position=0 if last is None else last + 1)


@transaction.atomic
def retire(*, entries: QuerySet[Any]) -> int:
    """Takes ideas, advice, done-points or resources off the roadmap, and says how many: the rows stay, with all that hangs on them."""
    return entries.filter(retired_at=None).update(retired_at=timezone.now())


@transaction.atomic
def reinstate(*, entries: QuerySet[Any]) -> int:
    """Brings retired ideas, advice, done-points or resources back."""
    return entries.filter(retired_at__isnull=False).update(retired_at=None)


@transaction.atomic
def set_links(*, through: type[Model], owner: Model, targets: Sequence[Model]) -> None:
    """Makes the links of `owner` lead to `targets`: those that it had keep their order, and new ones follow."""
    to_owner, to_target = (field.name for field in through._meta.fields if isinstance(field, ForeignKey))
    links = through._default_manager.filter(**{to_owner: owner})
    wanted = {target.pk for target in targets}
    links.exclude(**{f"{to_target}__in": wanted}).delete()
    held = set(links.values_list(f"{to_target}_id", flat=True))
    last = links.aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    new = [target for target in targets if target.pk not in held]
    through._default_manager.bulk_create(
        [through(**{to_owner: owner, to_target: target, "position": place + index}) for index, target in enumerate(new)]
    )


def _replace_in_order(skill: Skill, replaced_by: Sequence[Skill]) -> None:
    """The order that an editor wrote is the order of the links; `set()` would write them in any."""
    links = Skill.replaced_by.through.objects.filter(from_skill=skill).order_by("pk")
    if list(links.values_list("to_skill_id", flat=True)) != [replacement.pk for replacement in replaced_by]:
        links.delete()
        links.bulk_create([links.model(from_skill=skill, to_skill=replacement) for replacement in replaced_by])


def check_replacements(*, skill: Skill, replaced_by: Sequence[Skill]) -> None:
    """Raises `ValidationError` where the replacements would lead back to the skill."""
    graph = read_graph()
    graph[skill.slug] = replace(graph[skill.slug], is_retired=True, replaced_by=[replacement.slug for replacement in replaced_by])
    if leads_back(graph, skill.slug):
        raise ValidationError(_("A skill cannot be replaced by itself, or by what it replaces."))


def check_slug(*, entry: Stage | Skill | ProjectIdea | Advice, slug: str) -> None:
    """Raises `ValidationError` where `slug` is not one, or is or was the slug of another of the same kind."""
    if not is_slug(slug):
        raise ValidationError(_("Write small letters, digits and single hyphens, such as math-with-code."))
    others = type(entry).objects.exclude(pk=entry.pk)
    if isinstance(entry, Advice):
        return
    if other := others.filter(Q(slug=slug) | Q(formerly__contains=[slug])).first():
        raise ValidationError(
            _("“%(slug)s” is or was the slug of “%(other)s”; addresses stay. Choose another.") % {"slug": slug, "other": other}
        )
