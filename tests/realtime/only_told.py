"""The project's settings, but that nobody looks for changes that they are not told of."""

from config.settings import *  # noqa: F403 - the project's, all of them

POLL_INTERVAL_SECONDS = 3_600
