"""Relative costs of the main operations: python -m tests.bench, or `make bench`.

Machines differ, and one machine differs from minute to minute. So all ways to do a thing are measured in turn in one
run, and reported as a ratio to the first. Only choosing seats, which waits for nothing, is reported in milliseconds.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.bench import domain, serving  # noqa: E402 - Django first

domain.main()
serving.main()
