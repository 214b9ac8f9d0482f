from dataclasses import dataclass

from cinema.core.rules import Given


@dataclass(frozen=True, kw_only=True)
class RealtimeRules:
    """How often each process looks for changes that no message told it about."""

    poll_interval_seconds: float


rules = Given[RealtimeRules]()
