"""The project's settings, but that nobody looks for changes that they are not told of."""

from cinema.realtime.rules import RealtimeRules
from config.settings import *  # noqa: F403 - the project's, all of them

REALTIME_RULES = RealtimeRules(poll_interval_seconds=3_600)
