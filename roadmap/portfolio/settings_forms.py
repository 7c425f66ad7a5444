"""The forms of the settings: text turned into a profile, and choices into who sees it."""

import re
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db.models import Field
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.handles import reserved
from accounts.models import Profile, User

from .github.addresses import OWNER, BadAddress, clean_link

# What a profile has room for.
LONGEST_LINK = 300

_SPOKEN = re.compile(r"[^\s/:@\\]+\.[^\s/:@\\]+(?:/\S*)?")


def _text(model: type[User] | type[Profile], name: str, *, invalid: Any = "", **options: Any) -> forms.CharField:
    """A field for text as the model has it: its length, its rules, its name."""
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    return forms.CharField(
        label=options.pop("label", None) or capfirst(field.verbose_name),
        required=not field.blank,
        max_length=field.max_length,
        validators=[rule for rule in field.validators if not isinstance(rule, MaxLengthValidator)],
        error_messages={"invalid": invalid or _("Use letters, digits and ordinary punctuation."), **options.pop("error_messages", {})},
        **options,
    )


class ProfileForm(forms.Form):
    """What a person says about oneself. `handle` is the present one: it may stay, whatever it is."""

    name = _text(
        User,
        "name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write the name that you want to be called by.")},
    )
    handle = _text(
        User,
        "handle",
        invalid=_("Use 3 to 30 small letters, digits and hyphens, such as amina-yusuf."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("The last part of your portfolio’s address. An old one goes on leading to you, and nobody else gets it."),
        error_messages={"required": _("Choose a handle, such as amina-yusuf.")},
    )
    headline = _text(Profile, "headline", help_text=_("What you do or want to do, and what you bring. At most 160 characters."))
    about = _text(
        Profile, "about", widget=forms.Textarea(attrs={"rows": 7}), help_text=_("A few paragraphs in Markdown: **bold**, lists, links.")
    )
    place = _text(Profile, "place", help_text=_("As exactly as you like, such as Mombasa, Kenya."))
    open_to = _text(Profile, "open_to", help_text=_("Such as: junior roles and internships, remote or on site."))
    github = forms.CharField(
        label=_("GitHub name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Such as amina-yusuf, without the @."),
    )
    linkedin_url = forms.CharField(
        label=_("LinkedIn"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        help_text=_("Such as https://www.linkedin.com/in/amina-yusuf"),
    )
    website_url = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        help_text=_("Such as https://amina.example"),
    )

    def __init__(self, *args: Any, handle: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present_handle = handle
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"]
        if handle != self.present_handle and handle in reserved():
            raise forms.ValidationError(_("This word belongs to the site. Choose another handle."))
        return handle

    def clean_github(self) -> str:
        """The name alone, also of the address of the person's page."""
        said: str = self.cleaned_data["github"]
        name = re.sub(r"^(?:https?://)?(?:www\.)?github\.com/", "", said, flags=re.IGNORECASE).removeprefix("@").rstrip("/")
        if name and not re.fullmatch(OWNER, name):
            raise forms.ValidationError(_("Write only your name on GitHub: letters, digits and single hyphens, such as amina-yusuf."))
        return name

    def clean_linkedin_url(self) -> str:
        return self._link("linkedin_url", on="linkedin.com")

    def clean_website_url(self) -> str:
        return self._link("website_url")

    def _link(self, name: str, *, on: str = "") -> str:
        said: str = self.cleaned_data[name]
        try:
            # As it is said aloud, without what a browser puts before it.
            link = clean_link(f"https://{said}" if _SPOKEN.fullmatch(said) else said, on=on)
        except BadAddress as error:
            suggestion = _("Did you mean %(address)s?") % {"address": error.try_instead} if error.try_instead else ""
            raise forms.ValidationError(f"{error.sentence} {suggestion}".strip()) from error
        if len(link) > LONGEST_LINK:
            raise forms.ValidationError(_("This address is too long. Link to the page itself, without what follows the question mark."))
        return link


class _Chosen(forms.MultipleChoiceField):
    """Some of what was offered. What is gone in the meantime is left out, not refused."""

    def valid_value(self, value: str) -> bool:
        return "\0" not in value


class PrivacyForm(forms.Form):
    """Who sees the portfolio, and what of it: `hide` are slugs of skills, `asked` those that the form showed, `project` ids of projects."""

    visibility = forms.ChoiceField(label=_("Who sees your portfolio"), choices=Profile.Visibility.choices)
    skills = forms.ChoiceField(label=_("Which skills it shows"), choices=Profile.Skills.choices)
    hide = _Chosen(label=_("Skills to leave out"), required=False)
    asked = _Chosen(required=False)
    project = _Chosen(label=_("Projects to show"), required=False)
    shows_email = forms.BooleanField(label=_("My e-mail address"), required=False)
    shows_progress = forms.BooleanField(label=_("How far I am with each step"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("visibility", "skills"):
            self.fields[name].error_messages |= {"required": _("Choose one of these."), "invalid_choice": _("Choose one of these.")}
