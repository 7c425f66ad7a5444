from pathlib import Path

from openai import APITimeoutError, OpenAI
from pydantic import ValidationError

from .schema import Invoice

PROMPT = (Path(__file__).parent.parent / "prompts" / "extract.md").read_text()


def extract(text: str, client: OpenAI, tries: int = 2) -> Invoice | None:
    for _ in range(tries):
        try:
            reply = client.chat.completions.create(
                model="gpt-4o-mini",
                messages=[{"role": "system", "content": PROMPT}, {"role": "user", "content": text}],
                timeout=20,
                max_tokens=200,
            )
            return Invoice.model_validate_json(reply.choices[0].message.content or "")
        except (APITimeoutError, ValidationError):
            continue
    return None


def cost(replies: list[dict]) -> float:
    prices = {reply["id"]: reply["tokens"] * 6e-7 for reply in replies}
    if not prices:
        return 0.0
    return sum(prices.values())
