"""Fills the database in DATABASE_URL: python -m tests.bench.load full"""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

from tests.bench import dataset  # noqa: E402 - Django first
from tests.bench.sizes import SIZES  # noqa: E402 - as above

dataset.fill(SIZES[sys.argv[1]])
