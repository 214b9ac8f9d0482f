"""The project's settings, and the app that changes the timeouts."""

from config.settings import *  # noqa: F403 - all settings of the project
from config.settings import INSTALLED_APPS as PROJECT_APPS

INSTALLED_APPS = [*PROJECT_APPS, "tests.server.long_timeouts"]
