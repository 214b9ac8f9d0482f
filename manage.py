#!/usr/bin/env python
"""Django's command line: migrate, createsuperuser, load_demo, import_movies, serve, doctor, verify_bookings."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 - settings first
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - as above
    from django.db import Error  # noqa: PLC0415 - as above
    from environs import EnvError  # noqa: PLC0415 - as above

    from cinema.core.database_errors import is_outage  # noqa: PLC0415 - as above
    from cinema.core.text import on_one_line  # noqa: PLC0415 - as above
    from config.logs import log_uncaught_exceptions  # noqa: PLC0415 - as above

    log_uncaught_exceptions()
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(f"The settings are not valid: {error}")
    except Error as error:
        if not is_outage(error):
            raise
        sys.exit(f"CommandError: The database cannot be used: {on_one_line(error)}")


if __name__ == "__main__":
    main()
