"""The services of `deploy/compose.yaml`."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from config.environment import BASE_DIR

FILE = BASE_DIR / "deploy" / "compose.yaml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")


@dataclass(frozen=True)
class Service:
    """A service that runs the image of the server."""

    name: str
    options: Mapping[str, Any]

    def command(self, of_image: list[str]) -> list[str]:
        """The arguments of the entry point."""
        return list(self.options.get("command", of_image))

    def environment(self, hosts: Mapping[str, str]) -> dict[str, str]:
        """The variables that the file sets. Each address in `hosts` is replaced."""
        variables = {name: str(value) for name, value in self.options["environment"].items()}
        for written, here in hosts.items():
            variables = {name: value.replace(written, here) for name, value in variables.items()}
        return variables


def services() -> dict[str, Any]:
    """All services, by name. Variables are those of this process, or have the value x."""
    text = VARIABLE.sub(lambda match: os.environ.get(match["name"], "x"), FILE.read_text())
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def servers() -> dict[str, Service]:
    """The services that run the image of the server, by name."""
    return {
        name: Service(name, options)
        for name, options in services().items()
        if str(options["image"]).startswith("cinema:")
    }
