"""Mail is left to the worker: no page waits for a mail server, no secret lies in a table, nothing is sent for ever."""

import json
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as outbox
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.letters import _LETTERS, compose
from accounts.models import Mail, User
from accounts.tasks import WhileFresh, deliver_mail
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

# What apps above write is tested there.
OWN_LETTERS = [kind for kind, write in _LETTERS.items() if write.__module__ == "accounts.letters"]
SIGN_UP = {"name": "Amina Yusuf", "email": "amina@example.org", "password1": PASSWORD}


class BrokenServer(BaseEmailBackend):
    def send_messages(self, messages):
        raise SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.fixture
def broken_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.core.mail.get_connection", lambda *args, **kwargs: BrokenServer())


def test_page_only_leaves_a_job_with_the_number_of_the_mail(client: Client, broken_server: None) -> None:
    assert client.post("/accounts/signup/", SIGN_UP).status_code == 302
    (mail,) = Mail.objects.all()
    (job,) = ProcrastinateJob.objects.all()
    assert (job.task_name, job.args) == ("accounts.deliver_mail", {"mail_id": mail.pk})
    assert outbox.outbox == []


def test_no_table_holds_an_address_of_a_link_or_its_token(client: Client, learner: User, delivered) -> None:
    client.post("/accounts/password/reset/", {"email": learner.email})
    jobs = json.dumps(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert learner.email not in jobs
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(mail)::text FROM accounts_mail AS mail")
        (row,) = cursor.fetchone()
    (message,) = delivered()
    token = message.body.split("/password/reset/key/")[1].split("/")[0]
    assert token not in row + jobs
    assert not Mail.objects.exists()


def test_mail_that_could_not_be_sent_stays_and_is_tried_again(learner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = Mail.objects.create(kind=Mail.Kind.RESET_PASSWORD, to=learner.email, person=learner)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.get_connection", lambda *args, **kwargs: BrokenServer())
        with pytest.raises(SMTPServerDisconnected):
            deliver_mail(mail_id=mail.pk)
    assert Mail.objects.filter(pk=mail.pk).exists()
    deliver_mail(mail_id=mail.pk)
    deliver_mail(mail_id=mail.pk)
    assert [message.to for message in outbox.outbox] == [[learner.email]]


def test_waits_grow_to_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    class Job:
        attempts = 0

    waits = []
    for Job.attempts in (0, 1, 2, 10):
        decision = WhileFresh().get_retry_decision(exception=OSError(), job=Job)
        waits.append(round((decision.retry_at - timezone.now()).total_seconds(), -1))
    assert waits == [30, 60, 120, 3600]


def test_mail_older_than_a_day_is_given_up(learner: User) -> None:
    mail = Mail.objects.create(kind=Mail.Kind.RESET_PASSWORD, to=learner.email, person=learner)
    Mail.objects.update(queued_at=timezone.now() - timedelta(hours=25))
    deliver_mail(mail_id=mail.pk)
    assert outbox.outbox == []
    assert not Mail.objects.exists()


def test_confirmation_is_not_sent_for_an_address_that_is_confirmed_by_now(learner: User) -> None:
    mail = Mail.objects.create(kind=Mail.Kind.CONFIRM_SIGN_UP, to=learner.email, person=learner)
    deliver_mail(mail_id=mail.pk)
    assert outbox.outbox == []
    assert not Mail.objects.exists()


@pytest.mark.parametrize("kind", OWN_LETTERS)
def test_every_mail_has_words_one_link_and_both_versions(kind: str) -> None:
    person = UserFactory(name="Amina <b>Yusuf</b>", verified=False)
    message = compose(Mail.objects.create(kind=kind, to=person.email, person=person))
    assert message.subject
    assert "\n" not in message.subject
    ((dressed, kind_of_text),) = message.alternatives
    assert kind_of_text == "text/html"
    links = [line for line in message.body.splitlines() if line.startswith("http")]
    assert len(links) == 1
    assert f'href="{links[0]}"' in dressed
    assert "<b>" not in dressed
    assert "&" not in message.body.replace(links[0], "")


def test_in_development_the_page_says_where_the_mail_is(client: Client, settings, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = settings.BASE_DIR / ".data" / "mail"
    client.post("/accounts/signup/", SIGN_UP)
    assert "<code>.data/mail/</code>" in client.get("/accounts/confirm-email/").content.decode()
    assert "<code>.data/mail/</code>" in client.get("/accounts/password/reset/done/").content.decode()
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    assert str(tmp_path) not in client.get("/accounts/confirm-email/").content.decode()
    settings.PRODUCTION = True
    assert "development" not in client.get("/accounts/confirm-email/").content.decode()


def test_mail_is_a_file_in_development(learner: User, settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", tmp_path
    deliver_mail(mail_id=Mail.objects.create(kind=Mail.Kind.RESET_PASSWORD, to=learner.email, person=learner).pk)
    (file,) = tmp_path.iterdir()
    assert "/accounts/password/reset/key/" in file.read_text()
