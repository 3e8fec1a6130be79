"""The front door: greeting, menu, help, and finding a human."""

from __future__ import annotations

from handlers import colleagues
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.forms import open_dialog, pause
from handlers.message import Choice, Reply
from storage import tickets

CHOICES = (
    Choice(say.MENU_ASK, "questions"),
    Choice(say.MENU_SIGN_UP, "signup"),
    Choice(say.MENU_MINE, "mine"),
)


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


def thanks(_desk: Desk, _request: Request) -> Reply:
    """Answer a kind word."""
    return Reply(say.THANKS)


def questions(_desk: Desk, _request: Request) -> Reply:
    """Invite a question, with examples to tap."""
    asked = [Choice(words, f"ask:{words}") for words in say.SAMPLE_QUESTIONS]
    return Reply(say.ASK_AWAY, (*asked, Choice(say.SAMPLE_SEARCH, "find")))


def human(desk: Desk, request: Request) -> Reply:
    """Ask staff to take over."""
    if tickets.is_waiting(desk.tx, "human", desk.person.id):
        return Reply(say.HUMAN_AGAIN)
    tickets.open_ticket(
        desk.tx, "human", desk.now, person_id=desk.person.id, words=request.words or None
    )
    return Reply(say.HUMAN)


def feedback(desk: Desk, request: Request) -> Reply:
    """Keep an opinion or a complaint for staff, with a receipt."""
    number = tickets.open_ticket(
        desk.tx, "feedback", desk.now, person_id=desk.person.id, words=request.words
    )
    return Reply(say.FEEDBACK.format(number=number))


def child(_desk: Desk, _request: Request) -> Reply:
    """Tell a parent that children cannot be signed up here yet, and where to turn."""
    return Reply(say.CHILD)


def not_yet(_desk: Desk, _request: Request) -> Reply:
    """Say honestly that something cannot be done yet."""
    return Reply(say.NOT_YET)
