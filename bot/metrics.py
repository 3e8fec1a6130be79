"""What /metrics shows."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

MESSAGES = Counter(
    "guanxin_messages", "Messages by channel and what came of them", ["channel", "outcome"]
)
SECONDS = Histogram(
    "guanxin_message_seconds",
    "Seconds from a message to its reply",
    ["channel"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
DELIVERIES = Counter(
    "guanxin_deliveries", "Messages sent by a call and what came of them", ["channel", "outcome"]
)
