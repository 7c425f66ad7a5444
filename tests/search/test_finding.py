"""What is found first, what a mistyped word finds, and that nobody finds another person's notes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roadmap.curriculum import snapshot
from roadmap.progress.models import Note
from roadmap.resources.models import OwnLink
from roadmap.search import entries
from roadmap.search.finding import find
from roadmap.search.models import Edition, Entry, NoteWords
from roadmap.search.query import read_query
from roadmap.search.spelling import distance, variants
from roadmap.stages.models import Skill
from tests.search.queries import QUERIES

pytestmark = pytest.mark.django_db


def found(typed, learner=None):
    return find(read_query(typed), learner_id=learner and learner.pk)


def first(typed, learner=None):
    answer = found(typed, learner)
    best = (*answer.hits, *answer.nearest)[:1]
    return "".join(hit.key if hit.kind == "skill" else f"{hit.kind}:{hit.key}" for hit in best)


def test_first_answers(real_curriculum):
    wrong = {typed: answer for typed, wanted in QUERIES.items() if (answer := first(typed)) != wanted}
    print(f"\n{len(QUERIES) - len(wrong)} of {len(QUERIES)} first answers are right.")
    assert len(QUERIES) == 60
    assert len(QUERIES) - len(wrong) >= 57, wrong


def test_every_skill_step_and_idea_is_found_by_its_title(real_curriculum):
    wrong = [skill.slug for skill in real_curriculum if first(skill.title) != skill.slug]
    wrong += [stage.slug for stage in real_curriculum.stages if f"stage:{stage.slug}" != first(stage.title)]
    wrong += [idea.slug for idea in real_curriculum.ideas.values() if f"idea:{idea.slug}" != first(idea.title)]
    assert wrong == []


def test_every_resource_is_found_by_its_title(real_curriculum):
    resources = real_curriculum.taught
    missed = [
        slug
        for slug, (resource, _skills) in resources.items()
        if ("resource", slug) not in {(hit.kind, hit.key) for hit in found(resource.title).hits}
    ]
    assert missed == []


def test_every_alias_finds_its_skill(real_curriculum):
    def keys(typed):
        return {hit.key for hit in find(read_query(typed), learner_id=None, most=100).hits if hit.kind == "skill"}

    assert [(skill.slug, alias) for skill in real_curriculum for alias in skill.aliases if skill.slug not in keys(alias)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gradiant decent", "gradient descent"),
        ("confussion matrix", "confusion matrix"),
        ("pyhton", "python"),
        ("dokcer", "docker"),
        ("gti", "git"),
        ("hypotesis test", "hypothesis test"),
    ],
)
def test_mistyped_word_is_understood_and_said(real_curriculum, typed, meant):
    answer = found(typed)
    assert (answer.hits, " ".join(answer.meant), answer.is_unanswered) == ((), meant, False)
    assert found(meant).hits


def test_word_that_the_roadmap_lacks_is_no_answer(real_curriculum):
    answer = found("kubernetes deployment")
    assert (answer.hits, answer.unknown, answer.is_unanswered, answer.meant) == ((), ("kubernetes",), True, ())
    assert "deployment-patterns" in {hit.key for hit in answer.nearest}


def test_words_that_stand_nowhere_together_come_near(real_curriculum):
    answer = found("seaborn docker")
    assert (answer.hits, answer.is_unanswered, answer.unknown) == ((), True, ())
    assert {"seaborn-plots", "docker-containers"} <= {hit.key for hit in answer.nearest}


@pytest.mark.parametrize(
    "typed", ["the", "to be or not", "?!…", "x" * 300, "🪜", "ع ش", "a & b | !c", "'\"\\%_:*()<->", "漢字", "1" * 90, "-- ;"]
)
def test_question_without_words_finds_what_it_can_and_breaks_nothing(real_curriculum, typed):
    if (query := read_query(typed)).is_askable:
        find(query, learner_id=None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=260))
def test_any_text_is_a_question(real_curriculum, typed):
    query = read_query(typed)
    assert len(query.text) <= 200
    assert "\0" not in query.text
    assert len(query.words) <= 12
    if query.is_askable:
        find(query, learner_id=1)


def test_one_search_is_one_statement_and_two_where_nothing_matches(real_curriculum, learner, statements):
    found("numpy")
    for typed, most in (("numpy", 1), ("data", 1), ("gradiant decent", 2), ("kubernetes", 2)):
        with statements(exactly=most):
            found(typed, learner)


# --- Notes ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def notes(curriculum, learner, other_learner):
    """Amina has written of quokkas, Bo of wombats; both of arrays."""
    Note.objects.create(learner=learner, skill=curriculum.numpy, text="Arrays are like **quokkas**: café, naïve.")
    Note.objects.create(learner=other_learner, skill=curriculum.numpy, text="Arrays are like wombats. quokka-free")
    Note.objects.create(learner=other_learner, skill=curriculum.pandas, text="Wombats join frames.")
    return curriculum


def test_learner_finds_own_notes_in_other_forms_and_without_accents(notes, learner):
    for typed in ("quokkas", "quokka", "QUOK", "cafe", "naive", "café"):
        answer = found(typed, learner)
        assert [(hit.kind, hit.key) for hit in answer.hits] == [("note", str(notes.numpy.pk))], typed


def test_mistyped_word_finds_a_note_by_what_it_may_have_meant(notes, learner):
    Note.objects.filter(learner=learner).update(text="How python counts")
    Skill.objects.filter(pk=notes.python.pk).update(title="Python")
    answer = found("pyhton", learner)
    assert ("note", str(notes.numpy.pk)) in {(hit.kind, hit.key) for hit in answer.nearest}


def test_nobody_finds_notes_of_others(notes, learner, other_learner, mentor, admin_user):
    for person in (None, learner, mentor, admin_user):
        for typed in ("wombats", "wombat", "wom", "wombts", "arrays wombats"):
            answer = found(typed, person)
            assert "note" not in {hit.kind for hit in (*answer.hits, *answer.nearest)} or person == learner
            assert "ombat" not in " ".join(hit.text for hit in (*answer.hits, *answer.nearest))
            assert answer.totals.get("note", 0) == 0
    assert found("arrays", learner).totals["note"] == 1
    assert found("wombats", other_learner).totals["note"] == 2


def test_own_links_are_found_by_title_and_address_and_by_nobody_else(curriculum, learner, other_learner, admin_user):
    OwnLink.objects.create(learner=learner, skill=curriculum.numpy, url="https://wombat.example/broadcasting-rules", title="Why shapes fit")
    for typed in ("shape", "broadcast", "wombat rules"):
        [hit] = found(typed, learner).hits
        assert (hit.kind, hit.key, hit.text) == (
            "link",
            str(curriculum.numpy.pk),
            "Why shapes fit\nhttps://wombat.example/broadcasting-rules",
        )
        for person in (other_learner, admin_user, None):
            assert "link" not in {hit.kind for hit in (*found(typed, person).hits, *found(typed, person).nearest)}


def test_what_others_have_written_changes_nothing_of_an_answer(curriculum, learner, other_learner):
    """Neither counts, nor what a mistyped word may mean, nor the order: all of it is the same before and after."""

    def answers():
        return [found(typed, learner) for typed in ("wombat", "wombta", "numpy", "wombat numpy", "title")]

    Note.objects.create(learner=learner, skill=curriculum.python, text="My own title.")
    before = answers()
    for skill in curriculum.skills:
        Note.objects.create(learner=other_learner, skill=skill, text="wombat numpy title " * 50)
    assert answers() == before


def test_words_of_a_note_follow_it_whatever_writes(notes, learner):
    note = Note.objects.get(learner=learner)
    Note.objects.filter(pk=note.pk).update(text="Now of okapis")
    assert found("okapi", learner).totals == {"note": 1}
    assert found("quokka", learner).totals == {}
    note.delete()
    assert found("okapi", learner).totals == {}
    assert not NoteWords.objects.filter(learner=learner).exists()


def test_words_of_notes_go_with_the_account(notes, other_learner):
    other_learner.delete()
    assert NoteWords.objects.count() == Note.objects.count() == 1


# --- Never stale ----------------------------------------------------------------------------------------------------


def test_edit_is_found_at_the_next_search(curriculum):
    assert found("zeppelin").hits == ()
    Skill.objects.filter(pk=curriculum.git.pk).update(title="Fly a zeppelin")
    assert first("zeppelin") == "git"
    Skill.objects.filter(pk=curriculum.git.pk).update(title="Git")
    assert found("zeppelin").hits == ()


def test_draft_and_retired_are_not_found(curriculum):
    found("numpy")
    assert not Entry.objects.filter(key__in=["hidden", "old-tool", "draft"]).exists()
    assert found("hidden").hits == ()


def test_entries_are_made_once_for_an_edition(curriculum, statements):
    found("numpy")
    ids = set(Entry.objects.values_list("pk", flat=True))
    found("numpy")
    entries.renew()
    assert set(Entry.objects.values_list("pk", flat=True)) == ids


def test_edition_of_another_database_is_made_anew(curriculum):
    """A revision that is ahead, as after a restore, is another one too."""
    found("numpy")
    Edition.objects.update(revision=10**9)
    assert first("git") == "git"
    assert Edition.objects.get().revision == snapshot.current().revision


@pytest.mark.django_db(transaction=True)
def test_processes_that_search_at_once_after_an_edit_make_entries_once(curriculum, together):
    Skill.objects.filter(pk=curriculum.git.pk).update(title="Fly a zeppelin")
    answers = together(8, lambda number: first("zeppelin"))
    assert answers == ["git"] * 8
    kinds = list(Entry.objects.values_list("kind", "key"))
    assert len(kinds) == len(set(kinds))
    assert Edition.objects.get().revision == snapshot.current().revision


@pytest.mark.django_db(transaction=True)
def test_edit_while_entries_are_made_is_found_afterwards(curriculum, together):
    def act(number):
        if number % 2:
            Skill.objects.filter(pk=curriculum.git.pk).update(title=f"Fly a zeppelin {number}")
        return found("zeppelin")

    together(6, act)
    assert first("zeppelin") == "git"
    assert Edition.objects.get().revision == snapshot.current().revision


# --- Spelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "edits"), [("numpy", "numpy", 0), ("nmpy", "numpy", 1), ("pyhton", "python", 1), ("sql", "sqlite", 3), ("", "ab", 2)]
)
def test_distance(one, other, edits):
    assert distance(one, other) == distance(other, one) == edits


def test_short_word_is_not_taken_for_another():
    assert variants("np", ["nn", "npm"]) == []
    assert variants("spark", ["sparse"]) == []
    assert variants("gradia", ["gradient", "grade"])[0] == "gradient"
