from datetime import timedelta

from django.apps import AppConfig

from tests.realtime.short_margin import MARGIN_SECONDS, MAX_TRANSACTION_SECONDS


class ShortMarginConfig(AppConfig):
    name = "tests.realtime.short_margin"

    def ready(self) -> None:
        from cinema.booking import seat_maps  # noqa: PLC0415 - its models are there only now
        from cinema.core import transactions  # noqa: PLC0415 - as above

        seat_maps.MARGIN = timedelta(seconds=MARGIN_SECONDS)
        transactions.MAX_TRANSACTION_SECONDS = MAX_TRANSACTION_SECONDS
