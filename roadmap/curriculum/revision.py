"""The curriculum's revision is raised by triggers, so that no writer can forget it: pages, admin, commands or psql.

They fire before a statement, and so take the revision's row before any row of content: two writers of content wait for one
another and never for each other's rows the wrong way round.
"""

from django.db.migrations import RunSQL

FUNCTION = RunSQL(
    """
    INSERT INTO curriculum_revision (id, number) VALUES (1, 0) ON CONFLICT DO NOTHING;
    CREATE FUNCTION raise_curriculum_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO curriculum_revision AS held (id, number) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET number = held.number + 1;
        RETURN NULL;
    END
    $$;
    """,
    "DROP FUNCTION raise_curriculum_revision(); DELETE FROM curriculum_revision;",
)


def raised_by(table: str) -> RunSQL:
    """The step of a migration after which every change of `table` raises the revision."""
    return RunSQL(
        f"""
        CREATE TRIGGER raises_the_revision BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION raise_curriculum_revision();
        """,
        f"DROP TRIGGER raises_the_revision ON {table};",
    )
