"""The project's settings with polling turned off."""

from cinema.realtime.rules import RealtimeRules
from config.settings import *  # noqa: F403 - the project's, all of them

REALTIME_RULES = RealtimeRules(poll_interval_seconds=3_600)
