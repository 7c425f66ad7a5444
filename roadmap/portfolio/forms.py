"""The forms of a project."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from roadmap.curriculum.snapshot import IdeaView, Snapshot
from roadmap.stages.rules import clean_text

from .github.addresses import Address, BadAddress, Repository, clean_link, parse
from .models import Project

_WORDS = {
    "title": (_("Name"), _("What you would call it when you tell a friend.")),
    "summary": (_("What does it do, and for whom?"), _("Two or three sentences, as you’d tell a friend. This goes on your portfolio.")),
    "demo_url": (_("Demo"), _("Where one can try it, if there is such a place.")),
    "writeup_url": (_("Blog post"), _("What you wrote about it elsewhere.")),
    "post_url": (_("LinkedIn post"), _("Where you told people about it.")),
    "visibility": (_("Who can see it"), _("You can change this later.")),
    "idea": (_("Project idea"), _("Its rubric will stand beside your project.")),
}


class _ProjectForm(forms.ModelForm):
    """What attaching and editing share. The curriculum's ideas are given, so that no form asks the database for them."""

    idea = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, curriculum: Snapshot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ideas = {idea.slug: idea for stage in curriculum.stages for idea in stage.ideas}
        choices = [
            (stage.title, [(idea.slug, idea.title) for idea in stage.ideas]) for stage in curriculum.stages if stage.ideas
        ]  # fmt: skip
        self.fields["idea"].choices = [("", _("An idea of my own")), *choices]  # type: ignore[attr-defined]
        for name, (label, help_text) in _WORDS.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        # The services write, so the model's own check of a whole row is not run here: its rules for a field are.
        self.fields["title"].validators += Project._meta.get_field("title").validators
        for name, field in self.fields.items():
            if name != "visibility":
                field.widget.attrs["class"] = "input"
        self.fields["title"].error_messages["required"] = _("Give it a name, such as “House prices in Mombasa”.")
        self.fields["summary"].widget.attrs["rows"] = 3

    class Meta:
        model = Project
        fields = ["title", "summary", "idea", "demo_url", "writeup_url", "post_url", "visibility"]
        widgets = {"visibility": forms.RadioSelect}
        field_classes = {"demo_url": forms.CharField, "writeup_url": forms.CharField, "post_url": forms.CharField}

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_summary(self) -> str:
        return clean_text(self.cleaned_data["summary"])

    def clean_idea(self) -> int | None:
        chosen = self.cleaned_data["idea"]
        return self._ideas[chosen].id if chosen else None

    def clean_demo_url(self) -> str:
        return _link(self.cleaned_data["demo_url"])

    def clean_writeup_url(self) -> str:
        return _link(self.cleaned_data["writeup_url"])

    def clean_post_url(self) -> str:
        return _link(self.cleaned_data["post_url"], on="linkedin.com")

    def values(self) -> dict[str, Any]:
        """The fields of the project, as the services take them."""
        return {("idea_id" if name == "idea" else name): value for name, value in self.cleaned_data.items() if name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The services write; a form only makes values clean."""

    @property
    def bound_links(self) -> list[forms.BoundField]:
        return [self[name] for name in ("demo_url", "writeup_url", "post_url")]


class AttachForm(_ProjectForm):
    """A repository or a link, and what is said of it. A name that is left out is taken from the repository."""

    address = forms.CharField(
        label=_("Repository, or another address"),
        help_text=_("Yours, and public. For example https://github.com/amina-yusuf/expense-predictor"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Paste the address of your repository, such as https://github.com/amina-yusuf/expense-predictor")},
    )
    field_order = ["address", "title", "summary", "idea", "demo_url", "writeup_url", "post_url", "visibility"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Left empty, it’s made from the repository’s name.")

    def clean_address(self) -> Address:
        try:
            return parse(self.cleaned_data["address"])
        except BadAddress as bad:
            raise forms.ValidationError(_said(bad)) from bad

    def clean(self) -> dict[str, Any]:
        if (address := self.cleaned_data.get("address")) and not self.cleaned_data.get("title") and "title" not in self.errors:
            self.cleaned_data["title"] = suggested_title(address)
        return self.cleaned_data

    @property
    def url(self) -> str:
        return cast("Address", self.cleaned_data["address"]).url

    @property
    def repository(self) -> str:
        """ "owner/name", or nothing for an address that is only a link."""
        address = self.cleaned_data["address"]
        return str(address) if isinstance(address, Repository) else ""


class EditForm(_ProjectForm):
    """What is said of a project. `version` is the one that the form was opened at."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class WriteUpForm(forms.ModelForm):
    """The honest questions. Each may wait; all of them are asked before a project is presented as finished."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Project
        fields = list(Project.QUESTIONS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.Meta.fields:
            self.fields[name].widget.attrs |= {"class": "input", "rows": 4}

    def clean(self) -> dict[str, Any]:
        for name in self.Meta.fields:
            if name in self.cleaned_data:
                self.cleaned_data[name] = clean_text(self.cleaned_data[name])
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def is_answered(self) -> bool:
        return all(self.values().values())

    def _post_clean(self) -> None:
        """The services write; a form only makes values clean."""


def suggested_title(address: Address) -> str:
    """A name for a project from its address: "Mombasa house prices" from amina-yusuf/mombasa-house-prices."""
    name = address.name if isinstance(address, Repository) else address.url.rstrip("/").rpartition("/")[2]
    words = name.replace("-", " ").replace("_", " ").replace(".", " ").split()
    return (" ".join(words)[:100].strip() or name).capitalize() if words else name[:100]


def suggested_idea(curriculum: Snapshot, address: Address) -> IdeaView | None:
    """The project idea that shares the most words with a repository's name; none where only one is shared."""
    words = set(suggested_title(address).lower().split())
    ideas = [idea for stage in curriculum.stages for idea in stage.ideas]
    best = max(ideas, key=lambda idea: len(words & set(idea.slug.split("-"))), default=None)
    return best if best and len(words & set(best.slug.split("-"))) > 1 else None


def _link(text: str, *, on: str = "") -> str:
    try:
        return clean_link(text, on=on)
    except BadAddress as bad:
        raise forms.ValidationError(_said(bad)) from bad


def _said(bad: BadAddress) -> str:
    return _("%(sentence)s Try %(address)s") % {"sentence": bad.sentence, "address": bad.try_instead} if bad.try_instead else bad.sentence
