from dataclasses import dataclass

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class RealtimeRules:
    """The interval at which each process polls for changes that were not announced by a message."""

    poll_interval_seconds: float


rules = Given[RealtimeRules]()
