"""Measures the server and compares it with baselines in the same run: python -m tests.bench, or `make bench`."""

import argparse
import os
import shutil
import signal
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
django.setup()

from tests.bench.run import FULL, QUICK, run  # noqa: E402 - Django first

parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
parser.add_argument("--quick", action="store_true", help="less than two minutes")
quick: bool = parser.parse_args().quick
if shutil.which("wrk") is None:
    sys.exit("wrk is missing: make system")
# SIGTERM and SIGINT both stop the processes that the benchmark started.
signal.signal(signal.SIGTERM, signal.default_int_handler)
sys.exit(0 if run(QUICK if quick else FULL) else 1)
