from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .catalogue import HOURS, Filters
from .models import OwnLink, Resource


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


class LinkForm(forms.ModelForm):
    url = forms.URLField(
        label=_("Address"),
        max_length=400,
        assume_scheme="https",
        widget=forms.URLInput({"class": "input"}),
        error_messages={
            "required": _("Write the address of the page, such as https://example.org/lecture-3."),
            "invalid": _("Write a whole address of the web, such as https://example.org/lecture-3."),
            "max_length": _("An address has at most %(limit_value)d characters; this has %(show_value)d."),
        },
    )

    class Meta:
        model = OwnLink
        fields = ["url", "title"]
        labels = {"title": _("Title (optional)")}
        widgets = {"title": forms.TextInput({"class": "input"})}
        error_messages = {"title": {"max_length": _("A title has at most %(limit_value)d characters; this has %(show_value)d.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A page has other forms: each id is there once.
        self.auto_id = "link_%s"
        self.fields["title"].required = False
