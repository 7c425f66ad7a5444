import pytest

from again import again


def test_the_second_try_counts(policy):
    answers = iter([OSError(), "fine"])

    def task():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert again(task, policy) == "fine"


def test_other_errors_pass(policy):
    with pytest.raises(ZeroDivisionError):
        again(lambda: 1 / 0, policy)
