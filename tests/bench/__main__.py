"""What things cost beside each other: python -m tests.bench, or `make bench`.

Machines differ, and one machine differs from minute to minute. So everything is measured in turn, round after round, in
one run, and told as a ratio to the first; only the chooser, which waits for nothing, is told in milliseconds too.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.bench import domain, serving  # noqa: E402 - Django first

domain.main()
serving.main()
