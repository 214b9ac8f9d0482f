from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class CinemaConfig(AppConfig):
    name = "cinema"
    verbose_name = "Cinema"

    def ready(self) -> None:
        """Give the domain its rules and its event handlers. Imports are here because they need the models."""
        from django.conf import settings  # noqa: PLC0415, TID251 - the one place where the domain meets settings

        from cinema import handlers  # noqa: PLC0415
        from cinema.accounts import name_search  # noqa: PLC0415
        from cinema.accounts.rules import rules as account_rules  # noqa: PLC0415
        from cinema.booking.rules import rules as booking_rules  # noqa: PLC0415
        from cinema.catalog.rules import rules as catalog_rules  # noqa: PLC0415
        from cinema.core import events, times  # noqa: PLC0415
        from cinema.core.rules import rules as core_rules  # noqa: PLC0415
        from cinema.management import checks  # noqa: F401, PLC0415 - registers them
        from cinema.management.metrics.event_handlers import METRICS_HANDLERS  # noqa: PLC0415
        from cinema.realtime.rules import rules as realtime_rules  # noqa: PLC0415

        account_rules.give(settings.ACCOUNT_RULES)
        booking_rules.give(settings.BOOKING_RULES)
        catalog_rules.give(settings.CATALOG_RULES)
        core_rules.give(settings.CORE_RULES)
        realtime_rules.give(settings.REALTIME_RULES)
        events.install({**handlers.HANDLERS, **(METRICS_HANDLERS if settings.METRICS else {})})
        times.install()
        name_search.install()
        # Record logins of staff by the database's clock, like all logins. Django uses the clock of the process.
        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(_record_login)


def _record_login(*, user: Any, **_: Any) -> None:
    from cinema.accounts import sessions  # noqa: PLC0415 - needs the models

    sessions.record_login(user)
