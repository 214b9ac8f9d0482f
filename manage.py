#!/usr/bin/env python
"""Django's command line: migrate, createsuperuser, load_demo, import_movies, serve, doctor, verify_bookings."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - settings first
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - as above
    from environs import EnvError  # noqa: PLC0415 - as above

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(f"The settings are not valid: {error}")


if __name__ == "__main__":
    main()
