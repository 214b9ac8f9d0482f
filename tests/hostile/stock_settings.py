"""The settings of a server whose API is the stock view."""

from config.settings import *  # noqa: F403 - all of them

ROOT_URLCONF = "tests.hostile.stock"
MIDDLEWARE = [name for name in MIDDLEWARE if name.startswith("django")]  # noqa: F405 - as above
