"""How text becomes words: without accents, as stems and as they are; and the words of notes, kept by a trigger.

`unaccent` depends on its rules file and so isn't immutable; here it stands behind a configuration and in functions of our own.
"""

from django.db import migrations

CONFIGURATIONS = migrations.RunSQL(
    """
    CREATE TEXT SEARCH CONFIGURATION search_stems (COPY = pg_catalog.english);
    ALTER TEXT SEARCH CONFIGURATION search_stems ALTER MAPPING FOR hword, hword_part, word WITH unaccent, english_stem;
    CREATE TEXT SEARCH CONFIGURATION search_words (COPY = pg_catalog.simple);
    ALTER TEXT SEARCH CONFIGURATION search_words ALTER MAPPING FOR hword, hword_part, word WITH unaccent, simple;
    """,
    "DROP TEXT SEARCH CONFIGURATION search_words; DROP TEXT SEARCH CONFIGURATION search_stems;",
)

FUNCTIONS = migrations.RunSQL(
    r"""
    -- Plain letters and figures with single spaces: what names are compared by.
    CREATE FUNCTION search_plain(said text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT btrim(regexp_replace(lower(unaccent(said)), '[^[:alnum:]]+', ' ', 'g'))
    $$;
    -- Stems find a word in its other forms, the words themselves find it while it is being typed. Without punctuation, of which the parser
    -- would make paths and host names.
    CREATE FUNCTION search_vector(said text) RETURNS tsvector LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT to_tsvector('search_stems', plain) || to_tsvector('search_words', plain)
        FROM (SELECT regexp_replace(said, '[^[:alnum:]]+', ' ', 'g') AS plain) AS cleaned
    $$;
    -- One word of a question, of letters and figures only, or the beginning of one. Of one or two letters it is a name or nothing: those
    -- stand in any text. Empty where the word says nothing.
    CREATE FUNCTION search_clause(word text) RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN numnode(stem) = 0 THEN stem
                    WHEN length(word) = 1 THEN to_tsquery('search_words', word || ':AB')
                    WHEN length(word) = 2 THEN to_tsquery('search_words', word || ':*AB')
                    ELSE stem || to_tsquery('search_words', word || ':*') END
        FROM (SELECT to_tsquery('search_stems', word) AS stem) AS stemmed
    $$;
    """,
    "DROP FUNCTION search_clause(text); DROP FUNCTION search_vector(text); DROP FUNCTION search_plain(text);",
)

NOTES = migrations.RunSQL(
    """
    CREATE FUNCTION keep_words_of_note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            DELETE FROM search_notewords WHERE note_id = OLD.id;
            RETURN OLD;
        END IF;
        INSERT INTO search_notewords (note_id, learner_id, vector) VALUES (NEW.id, NEW.learner_id, setweight(search_vector(NEW.text), 'A'))
        ON CONFLICT (note_id) DO UPDATE SET learner_id = EXCLUDED.learner_id, vector = EXCLUDED.vector;
        RETURN NEW;
    END
    $$;
    CREATE TRIGGER keeps_words AFTER INSERT OR UPDATE OF text, learner_id ON progress_note FOR EACH ROW EXECUTE FUNCTION keep_words_of_note();
    CREATE TRIGGER forgets_words BEFORE DELETE ON progress_note FOR EACH ROW EXECUTE FUNCTION keep_words_of_note();
    INSERT INTO search_notewords (note_id, learner_id, vector) SELECT id, learner_id, setweight(search_vector(text), 'A') FROM progress_note;
    INSERT INTO search_edition (id, revision) VALUES (1, -1);
    """,
    """
    DROP TRIGGER forgets_words ON progress_note; DROP TRIGGER keeps_words ON progress_note; DROP FUNCTION keep_words_of_note();
    DELETE FROM search_notewords; DELETE FROM search_edition;
    """,
)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [CONFIGURATIONS, FUNCTIONS, NOTES]
