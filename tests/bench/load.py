"""Fills the database in DATABASE_URL: python -m tests.bench.load full"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from cinema.management.statements import without_time_limit  # noqa: E402 - Django first
from tests.bench import dataset  # noqa: E402 - as above
from tests.bench.sizes import SIZES  # noqa: E402 - as above

with without_time_limit():
    dataset.fill(SIZES[sys.argv[1]])
