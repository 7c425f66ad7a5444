import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from roadmap.portfolio.exports.resume import resume
from tests.portfolio.people_published import EVERYBODY, amina, beginner, hostile, reserved

SCHEMA = json.loads((Path(__file__).parent / "resume_schema.json").read_text())


def strings(value) -> list[str]:
    if isinstance(value, dict):
        return [each for inner in value.values() for each in strings(inner)]
    if isinstance(value, list):
        return [each for inner in value for each in strings(inner)]
    return [value]


def test_schema_is_the_published_one_and_refuses_what_it_should():
    Draft4Validator.check_schema(SCHEMA)
    assert list(Draft4Validator(SCHEMA).iter_errors({"projects": [{"startDate": "yesterday"}], "hobbies": []}))


@pytest.mark.parametrize("person", EVERYBODY)
def test_resume_is_valid_and_survives_json(person):
    made = resume(EVERYBODY[person]())
    validator = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(made)] == []
    assert json.loads(json.dumps(made, ensure_ascii=False).encode()) == made


def test_resume_says_who_somebody_is():
    assert resume(amina())["basics"] == {
        "name": "Amina Yusuf",
        "label": "ML engineer in training. Six years of planning freight at a port taught me to distrust tidy numbers.",
        "email": "amina@example.org",
        "url": "https://amina.example/",
        "summary": (
            "I moved 11,000 containers a month before I wrote my first line of Python. What I look for in data is what I looked for on "
            "the quay: the thing that doesn’t add up.\n• I write down the baseline before the model\n• I read the errors, one by one\n"
            "More on my blog."
        ),
        "location": {"address": "Mombasa, Kenya"},
        "profiles": [
            {"network": "Staircase", "username": "amina", "url": "https://staircase.example/u/amina/"},
            {"network": "GitHub", "username": "amina-yusuf", "url": "https://github.com/amina-yusuf"},
            {"network": "LinkedIn", "username": "amina-yusuf", "url": "https://www.linkedin.com/in/amina-yusuf/"},
        ],
    }


def test_resume_has_no_key_for_what_is_not_shared():
    assert resume(reserved())["basics"] == {
        "name": "Tomasz Żółć",
        "url": "https://staircase.example/u/tomasz/",
        "profiles": [{"network": "Staircase", "username": "tomasz", "url": "https://staircase.example/u/tomasz/"}],
    }
    assert set(resume(beginner())) == {"$schema", "basics", "meta"}


def test_resume_says_who_confirmed_what_and_when():
    certificates = resume(amina())["certificates"]
    assert len(certificates) == amina().count("confirmed")
    assert certificates[3] == {
        "name": "Compute with NumPy arrays",
        "date": "2026-11-19",
        "issuer": "Jonas Lindqvist",
        "url": "https://staircase.example/credentials/of/amina/compute-with-numpy-arrays/",
    }
    assert "certificates" not in resume(reserved())


def test_resume_tells_levels_apart_in_words():
    skills = resume(amina())["skills"]
    assert {group["level"] for group in skills} == {"Confirmed by Jonas Lindqvist", "Shown in code", "Claimed"}
    assert {(group["name"], group["level"]): group["keywords"] for group in skills if group["name"] == "Python"} == {
        ("Python", "Confirmed by Jonas Lindqvist"): [
            "Track work with Git and GitHub",
            "Compute with NumPy arrays",
            "Handle tables with pandas",
        ],
        ("Python", "Shown in code"): ["Plot with Matplotlib"],
        ("Python", "Claimed"): ["Write functions that can be tested"],
    }
    assert sum(len(group["keywords"]) for group in skills) == len(amina().skills)


def test_resume_has_projects_with_dates_and_what_their_code_shows():
    finished, _under_way = resume(amina())["projects"]
    assert ("startDate" in finished, finished["endDate"]) == (False, "2026-11-17")
    assert finished["url"] == "https://github.com/amina-yusuf/mombasa-house-prices"
    assert (
        "What is the baseline? The median price per square metre of the ward: 19% typical error. The model has 11%."
        in finished["highlights"]
    )
    assert "Plot with Matplotlib: axes.scatter(…) (notebooks/errors.ipynb, cell 9, line 2)" in finished["highlights"]


def test_resume_says_where_it_is_kept_and_how_old_it_is():
    assert resume(amina())["meta"] == {
        "canonical": "https://staircase.example/u/amina/resume.json",
        "version": "v1.0.0",
        "lastModified": "2026-11-19T08:30:00",
    }


def test_resume_of_somebody_hostile_leads_to_the_web_only_and_has_no_control_characters():
    made = resume(hostile())
    addresses = [project["url"] for project in made["projects"] if "url" in project] + [made["basics"]["url"]]
    assert {address.split(":")[0] for address in addresses} == {"https"}
    assert "email" not in made["basics"]
    assert [profile["network"] for profile in made["basics"]["profiles"]] == ["Staircase"]
    hidden = {chr(code) for code in [*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x2028, 0x2029]} - {
        "\n"
    }
    assert [text for text in strings(made) if hidden & set(text)] == []
