from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0003_hand_over")]

    operations = [
        migrations.AddField(model_name="mentorship", name="looked_before_at", field=models.DateTimeField(editable=False, null=True)),
    ]
