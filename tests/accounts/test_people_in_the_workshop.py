"""People, groups and addresses are seen and changed by superusers alone."""

from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Profile, User
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db

MODELS = ["accounts_user", "auth_group", "account_emailaddress"]


def test_editor_with_every_permission_still_sees_and_changes_nobody(editor: User, learner: User, sign_in) -> None:
    editor.user_permissions.set(Permission.objects.all())
    client: Client = sign_in(editor)
    for model in MODELS:
        for page, arguments in (("changelist", ()), ("add", ()), ("change", (1,)), ("delete", (1,)), ("history", (1,))):
            address = reverse(f"admin:{model}_{page}", args=arguments)
            assert client.get(address).status_code in (302, 403), address
            assert client.post(address, {"is_superuser": "on"}).status_code in (302, 403), address
    own = reverse("admin:accounts_user_change", args=[editor.pk])
    assert (
        client.post(own, {"name": "x", "email": editor.email, "handle": editor.handle, "is_superuser": "on", "is_staff": "on"}).status_code
        == 403
    )
    assert client.get(reverse("admin:auth_user_password_change", args=[learner.pk])).status_code == 403
    editor.refresh_from_db()
    assert not editor.is_superuser
    index = client.get(reverse("admin:index")).content.decode()
    assert "/admin/accounts/" not in index
    assert "/admin/auth/" not in index


def test_superuser_makes_and_changes_people(admin_user: User, learner: User, sign_in) -> None:
    client: Client = sign_in(admin_user)
    for address in ("changelist", "add"):
        assert client.get(reverse(f"admin:accounts_user_{address}")).status_code == 200
    form = {"name": "Amina Y.", "email": learner.email, "handle": learner.handle, "is_active": "on", "is_staff": "on"}
    assert client.post(reverse("admin:accounts_user_change", args=[learner.pk]), form).status_code == 302
    learner.refresh_from_db()
    assert (learner.name, learner.is_staff) == ("Amina Y.", True)
    new = {
        "name": "New Editor",
        "email": "new@example.org",
        "handle": "new-editor",
        "usable_password": "true",
        "password1": "seven stony words here",
        "password2": "seven stony words here",
    }
    assert client.post(reverse("admin:accounts_user_add"), new).status_code == 302
    assert User.objects.get(handle="new-editor").check_password("seven stony words here")


def test_nobody_is_deleted_in_the_workshop(admin_user: User, learner: User, sign_in) -> None:
    client: Client = sign_in(admin_user)
    assert client.get(reverse("admin:accounts_user_delete", args=[learner.pk])).status_code == 403
    client.post(reverse("admin:accounts_user_changelist"), {"action": "delete_selected", "_selected_action": [learner.pk], "post": "yes"})
    assert User.objects.filter(pk=learner.pk).exists()


def test_workshop_signs_in_through_the_front_door(client: Client, learner: User, sign_in) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"
    assert sign_in(learner).get("/admin/login/").status_code == 403


def test_list_of_people_costs_the_same_for_few_and_many(admin_user: User, sign_in, statements) -> None:
    from tests.factories import UserFactory

    client: Client = sign_in(admin_user)
    client.get(reverse("admin:accounts_user_changelist"))
    with statements() as few:
        client.get(reverse("admin:accounts_user_changelist"))
    UserFactory.create_batch(30)
    with statements(exactly=len(few)):
        client.get(reverse("admin:accounts_user_changelist"))


def test_only_known_models_of_people_are_registered() -> None:
    registered = {model for model in admin.site._registry if model._meta.app_label in ("accounts", "auth", "account")}
    assert {model.__name__ for model in registered} == {"User", "Group", "EmailAddress"}
    assert Group in registered


def test_signing_out_of_the_workshop_gives_a_guests_marks_back_to_the_device(editor: User, sign_in) -> None:
    client: Client = sign_in(editor)
    session = client.session
    session["guest"] = guest = str(uuid4())
    session.save()
    assert client.post(reverse("admin:logout")).status_code == 302
    assert "_auth_user_id" not in client.session
    assert client.session["guest"] == guest


def test_password_is_changed_where_tries_are_counted(editor: User, sign_in) -> None:
    client: Client = sign_in(editor)
    for answer in (client.get(reverse("admin:password_change")), client.post(reverse("admin:password_change"), {"old_password": "guess"})):
        assert (answer.status_code, answer["Location"]) == (302, reverse("account_change_password"))


def test_superuser_switches_a_portfolio_off_and_it_is_written_down(admin_user: User, learner: User, other_learner: User, sign_in) -> None:
    ProfileFactory(person=learner, visibility="public", headline="Not for here")
    client: Client = sign_in(admin_user)
    page = reverse("admin:accounts_user_changelist")
    answer = client.post(page, {"action": "switch_portfolios_off", "_selected_action": [learner.pk, other_learner.pk]}, follow=True)
    assert "Switched off: amina-yusuf." in answer.content.decode()
    profile = Profile.objects.get()
    assert (profile.visibility, profile.headline) == ("off", "Not for here")
    assert [(entry.user, entry.object_id) for entry in LogEntry.objects.all()] == [(admin_user, str(learner.pk))]
