"""Answer or question? Pairs for every step of the forms, played from the first message."""

from __future__ import annotations

import tomllib
from itertools import count
from pathlib import Path

import pytest

from handlers import wording
from handlers.message import Reply
from tests.conftest import Say

STEPS = tomllib.loads((Path(__file__).parent / "midform.toml").read_text("utf-8"))
AGAIN = wording.STEP_AGAIN.partition("{")[0].strip()
FORMS = {
    "报名辅导站": {
        "name": "何其芳",
        "phone": "13900001234",
        "subjects": "书法",
        "station": "河海",
        "shift": "1",
        "consent": "1",
        "confirm": "1",
    },
    "报名结对": {
        "name": "何其芳",
        "phone": "13900001234",
        "subjects": "书法",
        "kind": "1",
        "times": "每周三下午",
        "consent": "1",
    },
}


def form_with(step: str) -> tuple[str, list[str]]:
    """Return the words that open a form with this step, and the answers that lead to it."""
    opening, answers = next((o, a) for o, a in FORMS.items() if step in a)
    before = list(answers)[: list(answers).index(step)]
    return opening, [answers[key] for key in before]


async def at(step: str, say: Say, user: str) -> Reply:
    opening, answers = form_with(step)
    reply = await say(opening, user=user)
    for words in answers:
        reply = await say(words, user=user)
    return reply


def test_there_are_forty_pairs() -> None:
    assert sum(len(said["answers"]) for said in STEPS.values()) >= 40
    assert all(len(said["answers"]) == len(said["questions"]) for said in STEPS.values())


@pytest.mark.parametrize("step", STEPS)
async def test_an_answer_is_taken(step: str, say: Say) -> None:
    users = count()
    missed = []
    for words in STEPS[step]["answers"]:
        user = f"user {next(users)}"
        await at(step, say, user)
        reply = await say(words, user=user)
        if AGAIN in reply.text or reply.text in (wording.LEFT, wording.PAUSED):
            missed.append(f"{words}: {reply.text}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize("step", STEPS)
async def test_a_question_is_answered_and_the_step_shown_again(step: str, say: Say) -> None:
    asked = await at(step, say, "a")
    missed = []
    for words in STEPS[step]["questions"]:
        reply = await say(words)
        if not (AGAIN in reply.text and reply.text.endswith(asked.text)):
            missed.append(f"{words}: {reply.text}")
    assert not missed, "\n".join(missed)
