"""The project's settings with a plant in it; which one, the environment says."""

from config.settings import *  # noqa: F403 - the project's, all of them
from config.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "tests.proof.seeded_bugs"]
