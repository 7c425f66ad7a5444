from django import forms

from .catalogue import HOURS, Filters
from .models import Resource


class FilterForm(forms.Form):
    """The filters in an address. What the site does not know is left out, so that every address shows a list."""

    stage = forms.SlugField(required=False)
    kind = forms.ChoiceField(required=False, choices=Resource.Kind.choices)
    cost = forms.ChoiceField(required=False, choices=Resource.Cost.choices)
    level = forms.ChoiceField(required=False, choices=Resource.Level.choices)
    hours = forms.ChoiceField(required=False, choices=[(str(most), most) for most in HOURS])

    def filters(self) -> Filters:
        self.full_clean()
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})
