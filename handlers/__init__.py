"""What the assistant does: its table of contents.

A new ability is a line here and a section in ``phrases.toml``; a new form is a file in
``handlers/scripts`` and a line in ``handlers.forms.FORMS``.
"""

from __future__ import annotations

from typing import Final

from handlers import (
    absence,
    announcing,
    answer,
    answering,
    broadcast,
    campaigns,
    colleagues,
    filing,
    finder,
    forms,
    front,
    linking,
    notice,
    outbox,
    privacy,
    reminders,
    seats,
    subscribing,
)
from handlers.ability import Ability
from handlers.outbox import Moment, Step

STEPS: Final[tuple[Step, ...]] = (
    outbox.rescue,
    seats.tell,
    reminders.remind,
    campaigns.tell,
    notice.chase,
    broadcast.expand,
    answering.tell,
)
"""What is looked after on every round of the clock, in this order."""

MOMENTS: Final[tuple[Moment, ...]] = (
    outbox.next_moment,
    reminders.next_moment,
    campaigns.next_moment,
    notice.next_moment,
)
"""When a step may next have something to do, for a clock that is moved by hand."""

ABILITIES: Final = (
    Ability("welcome", "greet", front.welcome, aside=False),
    Ability("menu", "menu/help", front.menu, aside=False),
    Ability("help", "menu/help", front.help_),
    Ability("questions", "ask_kb", front.questions, aside=False),
    Ability("ask", "ask_kb", answer.ask),
    Ability("fact", "ask_kb", answer.show_fact),
    Ability("more", "ask_kb", answer.more),
    Ability("region", "ask_kb", answer.live_in),
    Ability("find", "station_query", finder.find),
    Ability("signup", "signup_start", forms.sign_up, aside=False),
    Ability("scene", "signup_start", finder.open_scene, aside=False),
    Ability("link", "menu/help", linking.link),
    Ability("mine", "my_signups", filing.mine),
    Ability("cancel", "cancel_signup", filing.cancel),
    Ability("absent", "cancel_signup", absence.absent),
    Ability("attend", "my_signups", absence.attend),
    Ability("notice", "my_signups", notice.answer),
    Ability("erase", "menu/help", privacy.erase),
    Ability("human", "human", front.human),
    Ability("feedback", "feedback", front.feedback),
    Ability("subscribe", "subscribe", subscribing.subscribe),
    Ability("unsubscribe", "unsubscribe", subscribing.unsubscribe),
    Ability("today", "event_query", subscribing.today),
    Ability("coming", "event_query", subscribing.coming),
    Ability("noted", "smalltalk", reminders.noted),
    Ability("thanks", "smalltalk", front.thanks),
    Ability("lost", "smalltalk", front.lost, aside=False),
    Ability("child", "signup_start", front.child),
    Ability("announce", "staff_broadcast", announcing.announce, aside=False),
    Ability("colleague", "menu/help", colleagues.who),
    Ability("colleague_link", "menu/help", colleagues.link),
    Ability("backlog", "menu/help", colleagues.backlog),
    Ability("not_yet", "later", front.not_yet),
    Ability("form", "form", forms.press, aside=False),
    Ability("leave", "form", forms.leave, aside=False, only_in_form=True),
    Ability("back", "form", forms.go_back, aside=False, only_in_form=True),
    Ability("pause", "form", forms.pause, aside=False, only_in_form=True),
    Ability("resume", "form", forms.resume, aside=False, only_in_form=True),
    Ability("again", "form", forms.again, aside=False, only_in_form=True),
)
