"""The front door: greeting, menu, help, and finding a human."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from handlers import answer, colleagues, topics
from handlers import wording as say
from handlers import wording_answers as words
from handlers.ability import Request
from handlers.desk import Desk
from handlers.forms import open_dialog, pause
from handlers.message import Choice, Reply
from knowledge.text import fold
from storage import messages, tickets

CHOICES = (
    Choice(say.MENU_ASK, "questions"),
    Choice(say.MENU_SIGN_UP, "signup"),
    Choice(say.MENU_MINE, "mine"),
)

SAYS_MORE: Final = 6
"""From so many characters on, words that call for a human also say what it is about."""

_NOTHING_MORE: Final = Choice(say.HUMAN_NO_WORDS, words.SAYS_NOTHING_MORE)


def menu(desk: Desk, request: Request) -> Reply:
    """Show what there is to do; an open form is kept."""
    return _menu(desk, request, say.MENU)


def welcome(desk: Desk, request: Request) -> Reply:
    """Greet, and show what there is to do."""
    return _menu(desk, request, f"{say.WELCOME}\n\n{say.MENU}")


def lost(desk: Desk, request: Request) -> Reply:
    """Own up that the words were not understood."""
    return _menu(desk, request, say.NOT_UNDERSTOOD)


def _menu(desk: Desk, request: Request, text: str) -> Reply:
    text = f"{text}\n{line}" if (line := colleagues.menu_line(desk)) else text
    if open_dialog(desk) is None:
        return Reply(text, CHOICES)
    pause(desk, request)
    return Reply(f"{text}\n{say.FORM_KEPT}", (*CHOICES, Choice(say.MENU_RESUME, "resume")))


def help_(_desk: Desk, _request: Request) -> Reply:
    """Say how the assistant is used."""
    return Reply(say.HELP)


def thanks(desk: Desk, request: Request) -> Reply:
    """Answer a kind word, or a remark of the sort that the argument names.

    A sign, which is often a slip of the finger, leaves what was shown last to choose from.
    """
    is_slip = request.argument == "sign" and not open_dialog(desk)
    choices = topics.choices(desk) if is_slip else ()
    said = Reply(say.KIND_WORDS.get(request.argument, say.THANKS), choices)
    return topics.carried(desk, said)


def questions(_desk: Desk, _request: Request) -> Reply:
    """Invite a question, with examples to tap."""
    asked = [Choice(words, f"ask:{words}") for words in say.SAMPLE_QUESTIONS]
    return Reply(say.ASK_AWAY, (*asked, Choice(say.SAMPLE_SEARCH, "find")))


def human(desk: Desk, request: Request) -> Reply:
    """Ask staff to take over, and listen for what it is about; "none" leaves nothing more."""
    waits = tickets.is_waiting(desk.tx, "human", desk.person.id)
    if request.argument == "none":
        return Reply(say.HUMAN_NOTHING if waits else words.THAT_IS_ALL)
    said = request.words if len(fold(request.words)) >= SAYS_MORE else None
    if request.argument == "said" and (before := messages.last_words(desk.tx, desk.person.id)):
        return leave_words(desk, before)
    if said or not waits:
        _keep_words(desk, said)
    dialog = open_dialog(desk)
    if dialog is not None and not dialog.paused:
        return Reply(say.HUMAN_ON_LIST_ALREADY if waits else say.HUMAN_ON_LIST)
    return Reply(say.HUMAN_AGAIN if waits else say.HUMAN, (_NOTHING_MORE,))


def offer_human(desk: Desk) -> Reply:
    """Ask whoever wants to know something of us that nobody entered whether staff shall call."""
    offer = Choice(say.TO_HUMAN, "human:said")
    return topics.carried(desk, Reply(say.HUMAN_OFFER, (offer,)))


def is_of_staff(choices: Sequence[Choice]) -> bool:
    """Tell whether what somebody read last is what a member of staff wrote to them."""
    return listens(choices) and any(choice.label == words.NOTED for choice in choices)


def listens(choices: Sequence[Choice]) -> bool:
    """Tell whether what somebody read last invites them to leave their words for staff."""
    return any(choice.data == words.SAYS_NOTHING_MORE for choice in choices)


def ask_words(_desk: Desk) -> Reply:
    """Invite words for staff again, after a greeting."""
    return Reply(say.HUMAN_LISTENS, (_NOTHING_MORE,))


def leave_words(desk: Desk, said: str) -> Reply:
    """Keep words on the ticket of whoever waits for staff; a new one where theirs is done."""
    _keep_words(desk, said)
    return Reply(say.HUMAN_KEPT)


def _keep_words(desk: Desk, said: str | None) -> None:
    if not (said and tickets.add_words(desk.tx, "human", desk.person.id, said)):
        _open(desk, "human", said)


def feedback(desk: Desk, request: Request) -> Reply:
    """Keep an opinion, a complaint or praise for staff, with a receipt."""
    text = say.FEEDBACK.get(request.argument, say.FEEDBACK[""])
    return Reply(text.format(number=_open(desk, "feedback", request.words)))


def _open(desk: Desk, kind: tickets.Kind, said: str | None) -> int:
    return tickets.open_ticket(
        desk.tx,
        kind,
        desk.now,
        person_id=desk.person.id,
        words=said or None,
        address_id=desk.address_id,
    )


def child(desk: Desk, request: Request) -> Reply:
    """Tell a parent that children cannot be signed up here yet, and where to turn.

    What a plan says at length of what the child wants to join goes before it.
    """
    told = answer.at_length(desk, request.words)
    return replace(told, text=f"{told.text}\n\n{say.CHILD}") if told else Reply(say.CHILD)


def not_yet(_desk: Desk, _request: Request) -> Reply:
    """Say honestly that something cannot be done yet."""
    return Reply(say.NOT_YET)
