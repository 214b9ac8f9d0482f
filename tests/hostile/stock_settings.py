"""Settings of a server with the stock view."""

from config.settings import *  # noqa: F403 - every setting

ROOT_URLCONF = "tests.hostile.stock"
MIDDLEWARE = [name for name in MIDDLEWARE if name.startswith("django")]  # noqa: F405 - as above
