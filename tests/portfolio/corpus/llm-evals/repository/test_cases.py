import json

import pytest
from anthropic import Anthropic
from deepeval import assert_test
from deepeval.metrics import AnswerRelevancyMetric
from deepeval.test_case import LLMTestCase

client = Anthropic(timeout=30)
with open("cases.json") as file:
    CASES = json.load(file)


def reply(question):
    for version in ("claude-3-5-haiku-latest", "claude-3-haiku-20240307"):
        try:
            message = client.messages.create(model=version, max_tokens=300, messages=[{"role": "user", "content": question}])
            return message.content[0].text
        except Exception:
            continue
    return ""


@pytest.mark.parametrize("case", CASES)
def test_case(case):
    text = reply(case["question"])
    if case.get("must_say"):
        assert case["must_say"] in text
    assert_test(LLMTestCase(input=case["question"], actual_output=text), [AnswerRelevancyMetric(threshold=0.7)])
