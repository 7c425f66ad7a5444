"""How many learners stand where with each skill, kept in `SkillTally` so that no page counts over learners.

Every change of a mark leaves a `TallyChange` in the same transaction (a trigger on the marks does it, whoever writes). `refresh`
adds what has been committed since to the tallies and deletes it, so it costs what has changed and not what there is; `rebuild`
counts all marks anew.
"""

from django.db import connection, transaction

# Changes that one transaction counts: after a long rest of the worker the work is cut into pieces that stay below its time-out.
BATCH = 100_000

# Only one refresh or rebuild at a time. It is a statement of its own, so that the next one sees what the one before has done.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('tallies', 0))"

_REFRESH = """
WITH counted AS (
    DELETE FROM progress_tallychange WHERE id IN (SELECT id FROM progress_tallychange ORDER BY id LIMIT %(batch)s) RETURNING skill_id, was, now
), moved AS (
    SELECT skill_id,
           count(*) FILTER (WHERE now = 'learning') - count(*) FILTER (WHERE was = 'learning') AS learning,
           count(*) FILTER (WHERE now = 'done') - count(*) FILTER (WHERE was = 'done') AS done,
           count(*) FILTER (WHERE now = 'skipped') - count(*) FILTER (WHERE was = 'skipped') AS skipped
    FROM counted GROUP BY skill_id
), put AS (
    INSERT INTO progress_skilltally (skill_id, learning, done, skipped, refreshed_at)
    SELECT skill.id, COALESCE(tally.learning, 0) + moved.learning, COALESCE(tally.done, 0) + moved.done, COALESCE(tally.skipped, 0) + moved.skipped, now()
    FROM moved JOIN stages_skill AS skill ON skill.id = moved.skill_id LEFT JOIN progress_skilltally AS tally ON tally.skill_id = skill.id
    ON CONFLICT (skill_id) DO UPDATE
    SET learning = EXCLUDED.learning, done = EXCLUDED.done, skipped = EXCLUDED.skipped, refreshed_at = EXCLUDED.refreshed_at
)
SELECT count(*) FROM counted
"""

# One statement sees the marks and the changes of the same moment: what it counts and what it throws away agree.
_REBUILD = """
WITH thrown_away AS (DELETE FROM progress_tallychange),
counted AS (
    SELECT skill.id AS skill_id, count(*) FILTER (WHERE state = 'learning') AS learning,
           count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'skipped') AS skipped
    FROM stages_skill AS skill LEFT JOIN progress_mark AS mark ON mark.skill_id = skill.id GROUP BY skill.id
), put AS (
    INSERT INTO progress_skilltally (skill_id, learning, done, skipped, refreshed_at)
    SELECT skill_id, learning, done, skipped, now() FROM counted
    ON CONFLICT (skill_id) DO UPDATE
    SET learning = EXCLUDED.learning, done = EXCLUDED.done, skipped = EXCLUDED.skipped, refreshed_at = EXCLUDED.refreshed_at
)
SELECT count(*) FROM counted
"""


def refresh() -> int:
    """Brings the tallies up to date with all marks committed so far; says how many changes it counted. Twice is once."""
    total = 0
    while True:
        counted = _alone(_REFRESH, batch=BATCH)
        total += counted
        if counted < BATCH:
            return total


def rebuild() -> int:
    """Counts every mark anew, whatever the tallies said; says for how many skills. Takes a minute for 30 million marks."""
    return _alone(_REBUILD)


def _alone(sql: str, **values: int) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])
