"""Messages as they are kept: a reply, and for templates the values that fill one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from handlers.message import Choice, Reply, Topic


@dataclass(frozen=True, slots=True)
class Filled:
    """What a template shows: its purpose, as in GUANXIN_WECHAT_TEMPLATES, and a value a name."""

    purpose: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def written(reply: Reply, filled: Filled | None = None) -> dict[str, Any]:
    """Return a reply as JSON can hold it."""
    choices = [{"label": choice.label, "data": choice.data} for choice in reply.choices]
    kept: dict[str, Any] = {"text": reply.text, "choices": choices, "wants": reply.wants}
    if reply.topic is not None:
        kept["topic"] = asdict(reply.topic)
    if filled is not None:
        kept["template"] = {"purpose": filled.purpose, "values": dict(filled.values)}
    return kept


def read(kept: dict[str, Any]) -> Reply:
    """Return the reply that ``written`` wrote; older ones do not say what they want."""
    choices = (Choice(choice["label"], choice["data"]) for choice in kept["choices"])
    topic = Topic(**kept["topic"]) if "topic" in kept else None
    return Reply(kept["text"], tuple(choices), kept.get("wants", ""), topic)


def filled(kept: dict[str, Any]) -> Filled:
    """Return what was written for templates; without it, none fits."""
    template = kept.get("template", {})
    return Filled(template.get("purpose", ""), template.get("values", {}))
