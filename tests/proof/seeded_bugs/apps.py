import importlib
import os

from django.apps import AppConfig


class PlantsConfig(AppConfig):
    name = "tests.proof.seeded_bugs"

    def ready(self) -> None:
        plant = os.environ["PROOF_PLANT"].replace("-", "_")
        importlib.import_module(f"{self.name}.{plant}").plant()
