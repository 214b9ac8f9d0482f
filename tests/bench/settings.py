"""Settings of the process that measures. It reads both databases; the servers are started with `config.settings`."""

import os

from tests.bench.environment import RUN, environment
from tests.bench.sizes import TENTH

os.environ.update(environment(RUN))

from config.settings import *  # noqa: F403 - the environment first
from config.settings import DATABASES

DATABASES[TENTH.name] = {**DATABASES["default"], "NAME": TENTH.name}
