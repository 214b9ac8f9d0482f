import importlib
import os

from django.apps import AppConfig


class SeededBugsConfig(AppConfig):
    name = "tests.proof.seeded_bugs"

    def ready(self) -> None:
        seeded_bug = os.environ["PROOF_SEEDED_BUG"].replace("-", "_")
        importlib.import_module(f"{self.name}.{seeded_bug}").install()
