"""Forms: opening one, carrying it on, leaving it, and filing what it decided."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

from handlers import announcement, filing, wording_broadcast
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.dialog import Answers, Ask, Revise, Script, Turn, Unclear, Value, back, play, revised
from handlers.hearing import introductions
from handlers.message import Choice, Reply
from handlers.scripts import mentoring, station
from handlers.scripts.common import Known, Stopped
from storage import dialogs, messages
from storage.dialogs import Dialog

JUST_BEFORE: Final = timedelta(minutes=15)
"""What was told so long before a form opens was told for it."""

ENOUGH_FAILURES: Final = 3
"""After so many answers in a row that could not be used, simpler words and a human are offered."""

LAST_TAP: Final = "confirm:yes"
"""What submits a form; people tap it twice, and then the form is gone."""

SHARED: Final = ("name", "phone", "subjects", "consent")
"""Answers that every form asks for, kept when somebody changes to another one."""


@dataclass(frozen=True, slots=True)
class Form:
    """A script, what it needs to know, and what is done with its result.

    ``script`` returns None where the form cannot be filled in now; ``closed`` then says why, and
    ``left`` what somebody hears who leaves it. ``title`` is its name among what people may sign up
    for, empty where it is none of that.
    """

    title: str
    script: Callable[[Desk, Known], Callable[[], Script[Any]] | None]
    file: Callable[[Desk, Any], Reply]
    closed: str = ""
    left: str = say.LEFT


def _station(desk: Desk, known: Known) -> Callable[[], Script[Any]] | None:
    places = filing.places(desk)
    return partial(station.sign_up, known, places) if places else None


FORMS: Final = {
    "station": Form(say.STATION_PROGRAMME, _station, filing.take_seat, say.NO_SHIFTS),
    "mentoring": Form(
        say.MENTORING_PROGRAMME,
        lambda _desk, known: partial(mentoring.sign_up, known),
        filing.register_mentor,
    ),
    "announcement": Form(
        "",
        lambda desk, _known: announcement.script(desk),
        announcement.file,
        wording_broadcast.NOT_STAFF,
        wording_broadcast.LEFT,
    ),
}
"""Every form, by the name that is stored with an unfinished one. A new form is a line here."""


def sign_up(desk: Desk, request: Request) -> Reply:
    """Open the form that was asked for ("station", or "station:12" at a station), or ask which."""
    name, _, given = request.argument.partition(":")
    if name in FORMS and FORMS[name].title:
        at = ((name, int(given)),) if given.isdecimal() else ()
        return open_form(desk, name, at, request.words)
    programmes = [(name, form) for name, form in FORMS.items() if form.title]
    choices = [Choice(form.title, f"signup:{name}") for name, form in programmes]
    noted = say.TAKEN_DOWN if introductions.told(request.words) else ""
    return Reply(f"{noted}{say.PROGRAMMES}", tuple(choices))


def open_form(desk: Desk, name: str, given: Answers = (), words: str = "") -> Reply:
    """Open a form; the same one is taken up again, another one keeps who somebody is.

    What somebody told of themselves in ``words``, or just before, is not asked again.
    """
    before = open_dialog(desk)
    if before is not None and before.script == name and not given:
        return _with_hint(say.RESUMED, step(desk, before))
    told = before.answers if before else ()
    kept = tuple(answer for answer in told if answer[0] in SHARED)
    if FORMS[name].title:
        kept = (*_introduced(desk, words, kept), *kept)
    dialog = dialogs.start(desk.tx, desk.person.id, name, desk.now)
    return _settle(desk, dialog, lambda script: play(script, (*kept, *given)))


def _introduced(desk: Desk, words: str, kept: Answers) -> Answers:
    """Return what somebody told of themselves before, where it is neither kept nor known."""
    person, told = known(desk), dict[str, Value]()
    has = {"name": person.name, "phone": person.phone, "subjects": person.subjects} | dict(kept)
    before = messages.words_since(desk.tx, desk.person.id, desk.now - JUST_BEFORE)
    for said in (*before, words):
        told |= introductions.told(said)
    return tuple((key, value) for key, value in told.items() if not has.get(key))


def listen(desk: Desk, dialog: Dialog, words: str) -> Reply:
    """Take ``words`` as the answer to the open question."""
    return _settle(desk, dialog, lambda script: play(script, dialog.answers, words))


def step(desk: Desk, dialog: Dialog) -> Reply:
    """Show the open question again."""
    return _settle(desk, dialog, lambda script: play(script, dialog.answers))


def open_dialog(desk: Desk) -> Dialog | None:
    """Return somebody's unfinished form."""
    return dialogs.open_of(desk.tx, desk.person.id, desk.now)


def takes(desk: Desk, dialog: Dialog, words: str, *, free: bool = False) -> bool:
    """Tell whether ``words`` fit the format or the options of the open question.

    Where a question is ``free``, hardly any words do not fit, so they must be asked for.
    """
    script = _script(desk, dialog)
    ask = play(script, dialog.answers).ask if script else None
    if ask is None or ask.free != free:
        return False
    try:
        ask.parse(words)
    except Unclear:
        return False
    except Revise:
        return True
    return True


def press(desk: Desk, request: Request) -> Reply:
    """Take a button of a form: it answers its question, whether that is open or passed."""
    dialog = open_dialog(desk)
    number, _, answer = request.argument.partition(":")
    if dialog is None or str(dialog.id) != number:
        twice = filing.repeated(desk) if answer == LAST_TAP else None
        return twice or _stale(desk, dialog)
    key, _, value = answer.partition(":")
    script = _script(desk, dialog)
    before = tuple(given for given in dialog.answers if given[0] != key)
    asked = play(script, (*before, (key, None))).ask if script else None
    words = _number_of(asked, key, value)
    if script is None or words is None:
        moved = script is not None and play(script, dialog.answers).hint
        return _with_hint("" if moved else say.STALE, step(desk, dialog))
    return _settle(desk, dialog, lambda script: play(script, (*before, (key, None)), words))


def _stale(desk: Desk, dialog: Dialog | None) -> Reply:
    return _with_hint(say.STALE, step(desk, dialog)) if dialog else Reply(say.STALE)


def _number_of(ask: Ask[Any] | None, key: str, value: str) -> str | None:
    """Return the number under which an option stands today, None where it does not."""
    if ask is None or ask.key != key:
        return None
    ids = [str(option) for option, _ in ask.options]
    return str(ids.index(value) + 1) if value in ids else None


def leave(desk: Desk, request: Request) -> Reply:
    """Leave the form and forget its answers."""
    dialog = open_dialog(desk)
    if dialog is None:
        return filing.mine(desk, request, say.NOTHING_OPEN)
    dialogs.close(desk.tx, desk.person.id)
    return Reply(FORMS[dialog.script].left)


def go_back(desk: Desk, _request: Request) -> Reply:
    """Take the last answer back."""
    dialog = open_dialog(desk)
    script = _script(desk, dialog) if dialog else None
    if dialog is None or script is None:
        return Reply(say.NOTHING_TO_GO_ON)
    answers = back(play(script, dialog.answers))
    if answers is None:
        return _with_hint(say.FIRST_STEP, step(desk, dialog))
    return step(desk, replace(dialog, answers=answers, paused=False))


def pause(desk: Desk, _request: Request) -> Reply:
    """Keep the form for later."""
    dialog = open_dialog(desk)
    if dialog is None:
        return Reply(say.THANKS)
    dialogs.keep(desk.tx, replace(dialog, paused=True), desk.now)
    return Reply(say.PAUSED)


def resume(desk: Desk, _request: Request) -> Reply:
    """Take the form up again."""
    dialog = open_dialog(desk)
    if dialog is None:
        return Reply(say.EXPIRED)
    return _with_hint(say.RESUMED, step(desk, replace(dialog, paused=False)))


def again(desk: Desk, _request: Request) -> Reply:
    """Say the open question once more."""
    dialog = open_dialog(desk)
    return step(desk, dialog) if dialog else Reply(say.NOTHING_TO_GO_ON)


def known(desk: Desk) -> Known:
    """Return what somebody told us before, for a form."""
    person = desk.person
    subjects = list(person.subjects) or None
    agreed = person.consent_version == say.CONSENT_VERSION
    return Known(person.name, person.phone, subjects, agreed)


def _script(desk: Desk, dialog: Dialog) -> Callable[[], Script[Any]] | None:
    return FORMS[dialog.script].script(desk, known(desk))


def _settle(
    desk: Desk, dialog: Dialog, move: Callable[[Callable[[], Script[Any]]], Turn[Any]]
) -> Reply:
    """Make a move in a form, then keep how far it came, or file what it decided."""
    script = _script(desk, dialog)
    if script is None:
        dialogs.close(desk.tx, desk.person.id)
        return Reply(FORMS[dialog.script].closed)
    turn = move(script)
    if turn.ask is None:
        return _finish(desk, dialog, turn)
    unclear = bool(turn.hint) and turn.answers == dialog.answers
    failures = dialog.failures + 1 if unclear else 0
    dialogs.keep(
        desk.tx,
        replace(dialog, answers=turn.answers, failures=failures, paused=False),
        desk.now,
    )
    hint = say.TROUBLE if failures >= ENOUGH_FAILURES else turn.hint
    return show(dialog, turn.ask, hint)


def _finish(desk: Desk, dialog: Dialog, turn: Turn[Any]) -> Reply:
    if isinstance(turn.result, Stopped):
        dialogs.close(desk.tx, desk.person.id)
        return Reply(say.REFUSED if turn.result.why == "refused" else say.DECLINED)
    try:
        reply = FORMS[dialog.script].file(desk, turn.result)
    except Revise as gone:
        answers: Answers = revised(turn.answers, gone)
        return _with_hint(str(gone), step(desk, replace(dialog, answers=answers)))
    dialogs.close(desk.tx, desk.person.id)
    return reply


def show(dialog: Dialog, ask: Ask[Any], hint: str = "") -> Reply:
    """Return a question with its options as choices."""
    choices = [Choice(words, f"form:{dialog.id}:{ask.key}:{value}") for value, words in ask.options]
    return _with_hint(hint, Reply(ask.text, tuple(choices), ask.wants))


def _with_hint(hint: str, reply: Reply) -> Reply:
    return replace(reply, text=f"{hint}\n\n{reply.text}") if hint else reply
