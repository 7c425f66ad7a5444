"""Sign-offs of replaced skills, who withdrew one; and a mark that is made where a sign-off stands is confirmed at once, whatever makes it."""

import django.db.models.deletion
from django.db import migrations, models

CONFIRM = """
CREATE FUNCTION mentoring_confirm_a_new_mark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    standing record;
BEGIN
    IF NEW.confirmed_at IS NULL THEN
        SELECT signed_at, mentor_name INTO standing FROM mentoring_signoff
        WHERE learner_id = NEW.learner_id AND skill_id = NEW.skill_id AND withdrawn_at IS NULL;
        IF FOUND THEN
            NEW.confirmed_at := standing.signed_at;
            NEW.confirmed_by := standing.mentor_name;
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mentoring_confirm_a_new_mark BEFORE INSERT ON progress_mark FOR EACH ROW EXECUTE FUNCTION mentoring_confirm_a_new_mark();
"""
FORGET = """
DROP TRIGGER mentoring_confirm_a_new_mark ON progress_mark;
DROP FUNCTION mentoring_confirm_a_new_mark();
"""


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0001_mentoring"), ("progress", "0003_who_confirmed")]

    operations = [
        migrations.AddField(
            "signoff",
            "carried_from",
            models.ForeignKey(
                editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="mentoring.signoff"
            ),
        ),
        migrations.AddField("signoff", "withdrawn_by", models.CharField(blank=True, max_length=80)),
        migrations.AlterField("signoff", "withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="why")),
        migrations.RunSQL(CONFIRM, FORGET),
    ]
