"""What is rendered once for everybody has nothing of anybody in it, and goes when the curriculum changes."""

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils.translation import override

from roadmap.progress.services import Climb
from roadmap.stages.models import Skill

PAGES = ["/", "/stages/ground/", "/skills/numpy/"]
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")


def content(client, page):
    return TOKEN.sub("token", client.get(page).content.decode())


def test_a_region_is_rendered_once_for_each_value_that_it_names():
    template = Template("{% once a=x.y %}[{{ a|default:'none' }}]{% endonce %}")
    assert [template.render(Context({"x": {"y": value}})) for value in ("one", "two", "one", None)] == ["[one]", "[two]", "[one]", "[none]"]


def test_a_region_knows_nothing_but_what_it_names():
    template = Template("{% once a=a %}{{ a }}{{ person }}{{ request }}{% csrf_token %}{% endonce %}")
    assert template.render(Context({"a": "1", "person": "Amina", "request": "hers", "csrf_token": "secret"})) == "1"


def test_a_region_is_escaped_and_kept_for_each_language():
    template = Template("{% once a=a %}{{ a }}{% get_current_language as code %}{{ code }}{% endonce %}")
    assert template.render(Context({"a": "<b>"})) == "&lt;b&gt;en"
    with override("de"):
        assert template.render(Context({"a": "<b>"})) == "&lt;b&gt;de"


@pytest.mark.parametrize("wrong", ["{% once a %}{% endonce %}", "{% once 'a' b=c %}{% endonce %}"])
def test_a_region_takes_names_and_nothing_else(wrong):
    with pytest.raises(TemplateSyntaxError):
        Template(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_visitors_get_the_page_that_they_would_get_without_it(client, curriculum, monkeypatch, page):
    kept = [content(client, page), content(Client(), page)]
    monkeypatch.setattr(Climb, "is_fresh", False)
    assert kept == [content(Client(), page)] * 2


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_nothing_of_one_person_is_on_the_page_of_another(sign_in, learner, other_learner, curriculum, page):
    visitor = content(Client(), page)
    assert learner.name in content(sign_in(learner), page)
    others = content(sign_in(other_learner), page)
    assert other_learner.name in others
    assert learner.name not in others
    assert content(Client(), page) == visitor
    assert learner.name not in visitor


@pytest.mark.django_db
def test_every_visitor_has_a_token_of_their_own(curriculum):
    tokens = {token for _ in range(3) for token in TOKEN.findall(Client().get("/stages/ground/").content.decode())}
    assert len(tokens) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_an_edit_is_on_the_next_page_of_a_visitor(client, curriculum, page):
    content(client, page)
    Skill.objects.filter(pk=curriculum.numpy.pk).update(title="Arrays, renamed")
    assert "Arrays, renamed" in content(client, page)


def test_a_region_kept_in_a_mapping_goes_with_it():
    template = Template("{% once in=memo a=a %}{{ a }}{% endonce %}")
    memo: dict[object, str] = {}
    assert template.render(Context({"memo": memo, "a": "one"})) == "one"
    assert list(memo.values()) == ["one"]
    assert template.render(Context({"memo": dict.fromkeys(memo, "kept"), "a": "one"})) == "kept"
    assert template.render(Context({"memo": {}, "a": "one"})) == "one"
