"""The project's settings with the seeded bug that the environment names."""

from config.settings import *  # noqa: F403 - the project's, all of them
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.proof.seeded_bugs"]
