"""Who confirmed a skill is a name on the mark. No mark was confirmed before sign-offs, so nothing is carried over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("progress", "0002_marks_shown_by_code")]

    operations = [
        migrations.RemoveField("mark", "confirmed_by"),
        migrations.AddField("mark", "confirmed_by", models.CharField(blank=True, db_default="", max_length=80)),
    ]
