from django.apps import AppConfig


class CinemaConfig(AppConfig):
    name = "cinema"
    verbose_name = "Cinema"

    def ready(self) -> None:
        from cinema import handlers  # noqa: PLC0415 - needs the models
        from cinema.accounts import checks  # noqa: F401, PLC0415 - registers them
        from cinema.core import events  # noqa: PLC0415

        events.install(handlers.HANDLERS)
