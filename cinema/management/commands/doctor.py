from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cinema.management import diagnosis
from cinema.management.diagnosis import Level


class Command(BaseCommand):
    help = "Explain what is wrong with this installation. It changes nothing, and fails if something does not work."
    # They are part of the diagnosis.
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        findings = list(diagnosis.findings())
        for finding in findings:
            self.stdout.write(f"{finding.level.value:<8} {finding.subject}: {finding.text}")
            if finding.hint:
                self.stdout.write(f"         {finding.hint}")
        failures = sum(finding.level is Level.FAILURE for finding in findings)
        if failures:
            raise CommandError(f"{failures} of {len(findings)} checks failed.")
