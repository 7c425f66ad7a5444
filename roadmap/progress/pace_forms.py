"""The three questions of the first visit, as a form; each may be left open."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Aim

# Hours a week to choose from. Who said something else once finds that too.
PACES = (2, 5, 8, 12)
_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The time zones of the IANA database that are named after places, by area."""
    areas: dict[str, list[tuple[str, str]]] = {area: [] for area in _AREAS}
    for name in sorted(available_timezones()):
        area, _slash, place = name.partition("/")
        if area in areas and len(name) <= 40:
            areas[area].append((name, place.replace("_", " ").replace("/", ", ")))
    return tuple((area, tuple(places)) for area, places in areas.items())


class PaceForm(forms.Form):
    """What draws somebody, what is known, hours a week; of who has an account the time zone as well."""

    draw = forms.ChoiceField(
        label=_("What brings you here?"),
        choices=Aim.Draw.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose one of these, or none.")},
    )
    known = forms.MultipleChoiceField(
        label=_("What have you done before?"),
        choices=Aim.Known.choices,
        required=False,
        error_messages={"invalid_choice": _("Choose from these, or none.")},
    )
    hours_a_week = forms.TypedChoiceField(
        label=_("How many hours a week feel possible?"),
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Choose one of these, or none.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"),
        required=False,
        widget=forms.Select(attrs={"class": "input", "data-zone": ""}),
        error_messages={"invalid_choice": _("Choose a place near you from the list, or leave it at UTC.")},
    )

    def __init__(self, *args: Any, has_zone: bool, hours: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        paces = sorted({*PACES, hours} if hours else PACES)
        self.fields["hours_a_week"].choices = [(pace, str(pace)) for pace in paces]  # type: ignore[attr-defined]
        if has_zone:
            self.fields["time_zone"].choices = [("", "UTC"), *zones()]  # type: ignore[attr-defined]
        else:
            del self.fields["time_zone"]

    def clean_known(self) -> list[str]:
        """Each kind once, in the order of the list."""
        return [kind for kind in Aim.Known.values if kind in self.cleaned_data["known"]]
