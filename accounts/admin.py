"""People in the workshop: for superusers alone, so that an editor cannot become one."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.admin import EmailAddressAdmin
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .models import Profile, User
from .services import switch_portfolio

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _sign_out(request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
    return allauth_views.logout(request)


def _change_password(request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
    return redirect("account_change_password")


# One door for everybody: where tries are counted, a mail tells of the change, and a guest's marks go back to the device.
admin.site.logout = _sign_out  # type: ignore[assignment,method-assign]
admin.site.password_change = _change_password  # type: ignore[assignment,method-assign]

for model in (Group, EmailAddress):
    admin.site.unregister(model)


class SuperusersOnly(admin.ModelAdmin):
    """Whatever permissions somebody was given: these pages are for superusers."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)


class NewPersonForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["name", "email", "handle"]


class PersonForm(UserChangeForm):
    class Meta:
        model = User
        fields = ["name", "email", "handle", "is_active", "is_staff", "is_superuser", "groups", "user_permissions"]


@admin.register(User)
class PersonAdmin(SuperusersOnly, UserAdmin):
    """A person is closed, not deleted: the marks of a climb hang on the account."""

    form = PersonForm
    add_form = NewPersonForm
    ordering = ["-date_joined"]
    list_display = ["name", "handle", "email", "is_active", "is_staff", "is_superuser", "date_joined"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["name", "handle", "email"]
    filter_horizontal = ["groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["name", "email", "handle", "password"]}),
        (_("What this person may do"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["name", "email", "handle", "usable_password", "password1", "password2"]})]

    actions = ["switch_portfolios_off"]

    def view_on_site(self, person: User) -> str:
        """How far somebody is stands on a page of its own, which writes down that it was read."""
        return reverse("mentoring:learner", args=[person.handle])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Switch portfolios off"))
    def switch_portfolios_off(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For what must not be public. Only its owner can switch a portfolio on."""
        shown = people.filter(profile__visibility__in=[Profile.Visibility.UNLISTED, Profile.Visibility.PUBLIC])
        handles = []
        for person in shown:
            switch_portfolio(person=person, visibility=Profile.Visibility.OFF)
            self.log_change(request, person, str(_("Portfolio switched off.")))
            handles.append(person.handle)
        self.message_user(request, _("Switched off: %(people)s.") % {"people": ", ".join(handles) or "–"})


@admin.register(Group)
class EditorsAdmin(SuperusersOnly, GroupAdmin): ...


@admin.register(EmailAddress)
class AddressAdmin(SuperusersOnly, EmailAddressAdmin): ...
