from dataclasses import dataclass

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class RealtimeRules:
    """How often each process polls for changes for which it received no message."""

    poll_interval_seconds: float


rules = Given[RealtimeRules]()
