from django.db import migrations

from roadmap.curriculum.revision import FUNCTION, raised_by

TABLES = (
    "stages_statement",
    "stages_stage",
    "stages_advice",
    "stages_advice_carries",
    "stages_skill",
    "stages_skill_carries",
    "stages_skill_replaced_by",
    "stages_donepoint",
    "stages_prerequisite",
    "stages_projectidea",
    "stages_projectidea_carries",
    "stages_ideaskill",
    "stages_rubricitem",
    "resources_resource",
    "resources_resourceskill",
)


class Migration(migrations.Migration):
    dependencies = [("curriculum", "0001_initial"), ("stages", "0002_history"), ("resources", "0002_history")]

    operations = [FUNCTION, *(raised_by(table) for table in TABLES)]
