from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CinemaConfig(AppConfig):
    name = "cinema"
    verbose_name = "Cinema"

    def ready(self) -> None:
        from cinema import handlers  # noqa: PLC0415 - needs the models
        from cinema.accounts import checks  # noqa: F401, PLC0415 - registers them
        from cinema.core import events  # noqa: PLC0415

        events.install(handlers.HANDLERS)
        # The login of staff: by the database's clock, as every other login. Django would use that of the process.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(_record_login)


def _record_login(*, user: Any, **_: Any) -> None:
    from cinema.accounts import sessions  # noqa: PLC0415 - needs the models

    sessions.record_login(user)
