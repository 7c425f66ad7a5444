"""What was seen in code is said in the reader's language; names of code stay as they are."""

import pytest
from django.utils.translation import override

from roadmap.portfolio.detection import rules
from roadmap.portfolio.seen import in_words

SEEN = {
    "calls pandas.Series.shift": "llama a pandas.Series.shift",
    "calls sklearn.model_selection.train_test_split with stratify, test_size": (
        "llama a sklearn.model_selection.train_test_split con stratify, test_size"
    ),
    "calls a.TfidfVectorizer and b.train_test_split": "llama a a.TfidfVectorizer y b.train_test_split",
    "imports numpy as np and uses numpy.log": "importa numpy como np y usa numpy.log",
    "imports numpy as np, and does not use it": "importa numpy como np, y no lo usa",
    "imports Path from pathlib": "importa Path de pathlib",
    "imports everything from numpy": "importa todo de numpy",
    "imports torch": "importa torch",
    "defines a function, writes a dict and loops with for": "define una función, escribe un diccionario y recorre con for",
    "defines gradient_descent": "define gradient_descent",
    "uses Starred": "usa Starred",
    "has requirements.txt": "tiene requirements.txt",
    "lists seaborn in requirements.txt": "enumera seaborn en requirements.txt",
    "README answers 5 of 8 points": "el README responde 5 de 8 puntos",
    "something that an earlier release saw": "something that an earlier release saw",
    "": "",
}


@pytest.mark.parametrize(("seen", "said"), SEEN.items())
def test_what_was_seen_is_said_in_spanish(seen, said):
    assert in_words(seen) == seen
    with override("es"):
        assert in_words(seen) == said


@pytest.mark.parametrize("seen", sorted(set(rules._SYNTAX.values())))
def test_every_word_of_the_grammar_has_one_in_spanish(seen):
    with override("es"):
        assert in_words(seen) != seen
