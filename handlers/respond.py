"""From a message to its reply: who listens, in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from handlers import (
    announcing,
    answer,
    care,
    colleagues,
    details,
    ellipsis,
    filing,
    finder,
    following,
    for_staff,
    forms,
    front,
    homes,
    letters,
    linking,
    meaning,
    notice,
    numbering,
    parting,
    rescheduling,
    topics,
    wishing,
)
from handlers import wording as say
from handlers.ability import Request
from handlers.desk import Desk
from handlers.hearing import consent, introductions, numerals
from handlers.meaning import Call
from handlers.message import Choice, Incoming, Reply
from handlers.scripts import common
from knowledge import danger
from knowledge.text import clean, fold
from storage import messages, shown
from storage.dialogs import Dialog

Listener = Callable[[Desk, Incoming], Reply | None]


def respond(desk: Desk, heard: Incoming) -> Reply:
    """Return the reply to a message: the first listener that has one."""
    said = replace(heard, text=clean(heard.text))
    for listener in LISTENERS:
        reply = listener(desk, said)
        if reply is not None:
            return numbering.told_apart(_with_news(desk, reply))
    raise AssertionError("the last listener always replies")


def _with_news(desk: Desk, reply: Reply) -> Reply:
    news = filing.news(desk)
    return replace(reply, text=f"{news}\n\n{reply.text}") if news else reply


def _danger(desk: Desk, said: Incoming) -> Reply | None:
    heard = danger.hear(said.text) if said.kind != "choice" else None
    if heard is None:
        return None
    helped = care.answer(desk, heard, said.text)
    if not care.is_faint(heard) or not _is_well_answered(desk, said.text):
        return helped
    answered = answer.ask(desk, Request(said.text))
    return _aside(desk, replace(answered, text=care.beside(answered.text, helped.text)))


def _is_well_answered(desk: Desk, words: str) -> bool:
    return meaning.is_well_answered(words, desk.book, desk.person.region)


def _coming_and_going(desk: Desk, said: Incoming) -> Reply | None:
    if said.kind == "leave":
        return parting.leave(desk)
    if said.kind != "follow":
        return None
    if finder.scene(desk, said.text):
        return finder.open_scene(desk, Request(argument=said.text))
    return front.welcome(desk, Request())


def _place(desk: Desk, said: Incoming) -> Reply | None:
    if said.kind != "location" or not said.text:
        return None
    return _aside(desk, finder.near(desk, said.text))


def _code(desk: Desk, said: Incoming) -> Reply | None:
    if linking.code_in(said.text) is None:
        return None
    return _aside(desk, linking.link(desk, Request(said.text)))


def _staff_code(desk: Desk, said: Incoming) -> Reply | None:
    if colleagues.code_in(said.text) is None:
        return None
    return _aside(desk, colleagues.link(desk, Request(said.text)))


def _without_words(desk: Desk, said: Incoming) -> Reply | None:
    if said.text:
        return None
    text = say.VOICE if said.kind == "voice" else say.NOT_WORDS
    return _aside(desk, Reply(text, topics.choices(desk) or front.CHOICES))


def _button(desk: Desk, said: Incoming) -> Reply | None:
    if said.kind != "choice":
        return None
    call = meaning.call(said.text)
    reply = _do(desk, call) if call else Reply(say.STALE)
    return _with_menu(desk) if reply.text == say.STALE else reply


def _with_menu(desk: Desk) -> Reply:
    """Say that a button is too old, and how to go on."""
    return replace(front.menu(desk, Request()), text=f"{say.STALE}\n\n{say.MENU}")


def _name(desk: Desk, said: Incoming) -> Reply | None:
    """Ask about what somebody names who was asked back what they mean."""
    if forms.open_dialog(desk) or _intended(desk, said.text).ability.name not in NAMES:
        return None
    question = following.named(desk, said.text)
    return _meant(desk, replace(said, text=question)) if question else None


NAMES: Final = ("ask", "find", "lost")
"""What the name alone of something is taken for."""


def _exact_words(desk: Desk, said: Incoming) -> Reply | None:
    call = meaning.exactly(said.text)
    return _do(desk, call, said.text) if call else None


def _offered(desk: Desk, said: Incoming) -> Reply | None:
    """Let a bare number, or the words of a choice, choose what was offered last.

    What stood on the screen counts, not what the list holds now. Below a list that is none of
    choices, a number is asked back.
    """
    number, choices = _bare_number(said.text), topics.choices(desk)
    if number in range(1, len(choices) + 1) and _is_list_below(desk):
        return Reply(say.WHICH_NUMBER, choices)
    for place, choice in enumerate(choices, 1):
        if place == number or fold(choice.label) == fold(said.text):
            return _button(desk, replace(said, kind="choice", text=choice.data))
    if seen := notice.seen(choices, said.text):
        return _button(desk, replace(said, kind="choice", text=seen.data))
    return None


def _bare_number(words: str) -> int | None:
    return numerals.number(numerals.level(words))


def _offers(desk: Desk, data: str) -> Choice | None:
    """Return the choice that was offered last and calls this."""
    return next((one for one in topics.choices(desk) if one.data.startswith(data)), None)


def _is_list_below(desk: Desk) -> bool:
    """Tell whether a numbered text without choices stands below what was offered last."""
    message_id, _ = messages.last(desk.tx, desk.person.id)
    return numbering.is_numbered(shown.last_text(desk.tx, desk.person.id, message_id))


def _left_for_staff(desk: Desk, said: Incoming) -> Reply | None:
    return for_staff.keep_words(desk, said.text, topics.choices(desk))


def _announcement(desk: Desk, said: Incoming) -> Reply | None:
    return announcing.hear(desk, said.text)


def _open_form(desk: Desk, said: Incoming) -> Reply | None:
    """Take an answer first, then a way out, then a question; the rest gets a hint.

    An answer may have a question behind it: 郑陆那个，还有位子没有.
    """
    dialog = forms.open_dialog(desk)
    if dialog is None or dialog.paused:
        return None
    told = meaning.without_questions(said.text)
    for words in dict.fromkeys((said.text, told)):
        if forms.takes(desk, dialog, words):
            return forms.listen(desk, dialog, words)
    if reply := _no_answer(desk, said, dialog):
        return reply
    only = meaning.without_tags(said.text)
    short = following.heard(desk, only)
    if not meaning.is_question(only) and (short is None or short.is_loose):
        return forms.listen(desk, dialog, only)
    if told not in (said.text, "") and forms.takes(desk, dialog, told, free=True):
        return forms.listen(desk, dialog, told)
    return _asked(desk, said, dialog)


def _no_answer(desk: Desk, said: Incoming, dialog: Dialog) -> Reply | None:
    """Do what leads out of a form; a sign alone gets a kind line and is no failed answer."""
    if forms.FORMS[dialog.script].title and (reply := wishing.wish(desk, said.text)):
        return reply
    if call := meaning.leads_out(said.text):
        return _do(desk, call, said.text)
    return _do(desk, _intended(desk, said.text)) if meaning.is_sign(said.text) else None


def _asked(desk: Desk, said: Incoming, dialog: Dialog) -> Reply:
    """Answer a question in the middle of a form; it opens nothing else.

    A short one is about what was spoken of last, or the station that was chosen.
    """
    if topics.recent(desk) and (short := _follow(desk, said)):
        return _aside(desk, short)
    chosen = dict(dialog.answers).get("station")
    if chosen is not None and following.heard(desk, said.text):
        return _aside(desk, details.of_one(desk, chosen, said.text))
    call = _intended(desk, said.text)
    if call.ability.name == "human" and _asks_of_us(said.text):
        return _aside(desk, front.offer_human(desk))
    shows = call.ability.name in meaning.SHOWS
    return _do(desk, call if shows else Call(meaning.by_name()["ask"]), said.text)


def _again(desk: Desk, said: Incoming) -> Reply | None:
    """Give the confirmation again to whoever sends the last answer of a form twice."""
    number = _bare_number(said.text)
    if number is not None or consent.says_yes(said.text):
        return filing.repeated(desk) or (front.lost(desk, Request()) if number else None)
    return None


def _region(desk: Desk, said: Incoming) -> Reply | None:
    home = homes.own_place(said.text, desk.book)
    if home is None:
        return None
    if home.place is None:
        return Reply(say.REGION_UNKNOWN.format(name=home.name))
    return answer.live_in(desk, Request(argument=home.name))


def _place_named(desk: Desk, said: Incoming) -> Reply | None:
    """Take a place that somebody was invited to name, or that a station's name has."""
    place = finder.place_named(said.text)
    if place is None:
        return None
    _, last = messages.last(desk.tx, desk.person.id)
    read = letters.read(last) if last else Reply("")
    if say.STATIONS_INVITE in read.text or finder.is_known(desk, place):
        return _aside(desk, finder.find(desk, Request(place)))
    is_asked = say.WHICH_ASK in read.text and homes.home(place, desk.book).place is None
    return replace(read, text=say.WHICH_ELSE.format(place=place)) if is_asked else None


def _station(desk: Desk, said: Incoming) -> Reply | None:
    return wishing.wish(desk, said.text)


def _reschedule(desk: Desk, said: Incoming) -> Reply | None:
    return rescheduling.reschedule(desk, said.text)


def _more(desk: Desk, said: Incoming) -> Reply | None:
    """Go on with what was spoken of last."""
    if not ellipsis.asks_for_more(said.text):
        return None
    if more := _offers(desk, "more:"):
        return _button(desk, replace(said, kind="choice", text=more.data))
    return following.go_on(desk)


def _follow(desk: Desk, said: Incoming) -> Reply | None:
    """Answer a short question about what was spoken of last."""
    short = following.heard(desk, said.text)
    if short is None:
        return _another(desk, said)
    name = _intended(desk, said.text).ability.name
    if name == "welcome" or (short.is_loose and name not in LOOSE):
        return None
    return following.follow(desk, short, said.text)


def _another(desk: Desk, said: Incoming) -> Reply | None:
    """Ask about something else that is named after what was spoken of (那夏令营呢)."""
    name = ellipsis.another(said.text) if topics.recent(desk) else None
    if name is None or _intended(desk, said.text).ability.name not in ANOTHER:
        return None
    is_station = _intended(desk, name).ability.name == "find"
    return finder.find(desk, Request(name)) if is_station else answer.ask(desk, Request(name))


ANOTHER: Final = ("ask", "find", "lost", "thanks", "signup", "coming", "not_yet", "child")
"""What the name of something with 呢 behind it may be taken for."""


def _detail(desk: Desk, said: Incoming) -> Reply | None:
    """Tell a detail of the station that was named last (辅导站收费不)."""
    station = details.spoken_of(desk, said.text)
    if station is None or _intended(desk, said.text).ability.name != "find":
        return None
    return details.of_one(desk, station, said.text)


LOOSE: Final = ("ask", "find", "lost", "thanks", "mine")
"""What words may be taken for that only with a question before them are one themselves."""


def _programme(desk: Desk, said: Incoming) -> Reply | None:
    """Ask which form is meant when somebody already gives a name and a telephone.

    One of them is enough where that was asked.
    """
    asked = any(choice.data.startswith("signup:") for choice in topics.choices(desk))
    if not (asked and common.is_contact(said.text)):
        told = introductions.told(said.text)
        if meaning.is_question(said.text) or not {"name", "phone"} <= told.keys():
            return None
    return forms.sign_up(desk, Request(said.text))


def _meant(desk: Desk, said: Incoming) -> Reply:
    """Do what the words are most like; what staff answered to just this goes before."""
    call = _intended(desk, said.text)
    if call.ability.name != "ask" and (known := answer.known(desk, said.text)):
        return _aside(desk, known)
    if call.ability.name == "human" and _asks_of_us(said.text):
        return _aside(desk, front.offer_human(desk))
    return _do(desk, call, said.text)


def _intended(desk: Desk, words: str) -> Call:
    return meaning.meant(words, desk.book, desk.person.region)


def _asks_of_us(words: str) -> bool:
    """Tell whether a call for a human only asks for our telephone number, or who we are."""
    return meaning.is_question(words) and ellipsis.asks_detail(words)


LISTENERS: Final[tuple[Listener, ...]] = (
    _coming_and_going,
    _danger,
    _place,
    _without_words,
    _button,
    _code,
    _staff_code,
    _name,
    _exact_words,
    _offered,
    _left_for_staff,
    _announcement,
    _open_form,
    _again,
    _station,
    _reschedule,
    _more,
    _place_named,
    _follow,
    _detail,
    _region,
    _programme,
    _meant,
)


def _do(desk: Desk, call: Call, words: str = "") -> Reply:
    reply = call.ability.handle(desk, Request(words, call.argument))
    return _aside(desk, reply) if call.ability.aside else reply


def _aside(desk: Desk, reply: Reply) -> Reply:
    """Show the open step again below a reply that did not answer it, in place of its choices."""
    dialog = forms.open_dialog(desk)
    if dialog is None or dialog.paused:
        return reply
    step = forms.step(desk, dialog)
    text = reply.text
    for invitation in (say.NEAR_TOPICS, say.WHICH_ASK):
        text = text.replace(invitation, "").strip()
    again = f"{text}\n\n{say.STEP_AGAIN.format(step=step.text)}"
    return replace(step, text=again, topic=reply.topic)
