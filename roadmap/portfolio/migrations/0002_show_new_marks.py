"""A mark that is made where there is confirmed evidence is shown at once, whatever makes it: a page, a merge, a replacement."""

from django.db import migrations

SHOW = """
CREATE FUNCTION portfolio_show_a_new_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.shown_at := COALESCE(NEW.shown_at, (
        SELECT min(evidence.confirmed_at)
        FROM portfolio_evidence AS evidence JOIN portfolio_project AS project ON project.id = evidence.project_id
        WHERE project.learner_id = NEW.learner_id AND project.deleted_at IS NULL AND evidence.skill_id = NEW.skill_id));
    RETURN NEW;
END $$;
CREATE TRIGGER portfolio_show_a_new_mark BEFORE INSERT ON progress_mark FOR EACH ROW EXECUTE FUNCTION portfolio_show_a_new_mark();
"""
FORGET = """
DROP TRIGGER portfolio_show_a_new_mark ON progress_mark;
DROP FUNCTION portfolio_show_a_new_mark();
"""


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_projects"), ("progress", "0002_marks_shown_by_code")]

    operations = [migrations.RunSQL(SHOW, FORGET)]
