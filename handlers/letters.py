"""Replies as they are kept under their message, so that a copy gets the same one."""

from __future__ import annotations

from typing import Any

from handlers.message import Choice, Reply


def written(reply: Reply) -> dict[str, Any]:
    """Return a reply as JSON can hold it."""
    choices = [{"label": choice.label, "data": choice.data} for choice in reply.choices]
    return {"text": reply.text, "choices": choices, "wants": reply.wants}


def read(kept: dict[str, Any]) -> Reply:
    """Return the reply that ``written`` wrote; older ones do not say what they want."""
    choices = (Choice(choice["label"], choice["data"]) for choice in kept["choices"])
    return Reply(kept["text"], tuple(choices), kept.get("wants", ""))
