"""The project's settings, and the app that shortens the margin."""

from config.settings import *  # noqa: F403 - the project's, all of them
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.realtime.short_margin"]
