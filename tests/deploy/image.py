"""Builds an image as `deploy/Dockerfile` says, without a container engine, and runs commands in it.

A step runs in its own mount namespace, where /srv is a directory of its stage. Everything else is of this machine,
which stands in for the base images. A command of the finished image runs without privileges on a read-only file system.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.environment import BASE_DIR

DOCKERFILE = BASE_DIR / "deploy" / "Dockerfile"
IGNORED = DOCKERFILE.with_name("Dockerfile.dockerignore")
INSTRUCTION = re.compile(r"^([A-Z]+) (.*)$")


@dataclass
class Stage:
    """A stage, or the finished image. `root` has the directory srv."""

    root: Path
    workdir: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health_check: list[str] = field(default_factory=list)

    def path(self, text: str) -> Path:
        """Where a path of this stage is on this machine."""
        return self.root / os.path.normpath(Path(self.workdir) / text).lstrip("/")


def missing() -> str | None:
    """The reason why an image cannot be built, or None."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return "needs root and unshare: the steps run in a mount namespace"
    if shutil.which("npm") is None:
        return "needs Node 20 or newer, with npm"
    return None


def build(directory: Path) -> Stage:
    """Run the steps in order. Raises an exception for an instruction that is not known here."""
    stages: dict[str, Stage] = {}
    stage = Stage(directory)
    for number, (name, text) in enumerate(instructions()):
        if name == "FROM":
            stage = Stage(directory / str(number))
            stage.path("/srv").mkdir(parents=True)
            stages[text.partition(" AS ")[2]] = stage
        elif name == "COPY":
            _copy(stage, stages, shlex.split(text))
        elif name == "RUN":
            _in_namespace(stage, f"exec sh -c {shlex.quote(text)}", _variables(stage, os.environ["PATH"]))
        else:
            _configure(stage, name, text)
    return stage


def instructions() -> list[tuple[str, str]]:
    lines = [line for line in DOCKERFILE.read_text().splitlines() if line and not line.startswith("#")]
    found = [INSTRUCTION.match(line) for line in "\n".join(lines).replace("\\\n", "").splitlines()]
    assert all(found)
    return [(match[1], match[2].strip()) for match in found if match]


def command_line(stage: Stage, arguments: Sequence[str], environment: dict[str, str]) -> list[str]:
    """The command that runs `arguments` in the finished image, as its user, on a read-only file system.

    Only /tmp can be written. It has no capabilities, and cannot make memory executable.
    """
    home, prefix = Path.home(), Path(sys.base_prefix)
    # Python may be installed in the home of root, which the user of the image cannot read.
    readable = (
        f"mount --bind {prefix} /mnt; mount -t tmpfs -o mode=755 tmpfs {home}; mkdir -p {prefix}; "
        f"mount --move /mnt {prefix}; "
        if prefix.is_relative_to(home)
        else ""
    )
    read_only = "mount -o remount,ro,bind /srv; mount -o remount,ro,bind /; mount -t tmpfs tmpfs /tmp; "
    user, _, group = stage.user.partition(":")
    dropped = ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
    refuse = "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execvp(sys.argv[1], sys.argv[1:])"
    program = shlex.join([*dropped, "python", "-c", refuse, *arguments])
    script = f"{_setup(stage)}; {readable}{read_only}cd {stage.workdir}; exec {program}"
    # PATH is that of the image.
    variables = {**environment, **_variables(stage, os.environ["PATH"])}
    return ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), *_namespace(script)]


def _configure(stage: Stage, name: str, text: str) -> None:
    if name == "WORKDIR":
        stage.workdir = text
        stage.path(text).mkdir(parents=True, exist_ok=True)
    elif name == "ENV":
        stage.environment |= dict(pair.split("=", 1) for pair in shlex.split(text))
    elif name == "USER":
        stage.user = text
    elif name == "ENTRYPOINT":
        stage.entrypoint = json.loads(text)
    elif name == "CMD":
        stage.command = json.loads(text)
    elif name == "HEALTHCHECK":
        stage.health_check = json.loads(text.partition("CMD ")[2])
    else:
        assert name in {"EXPOSE", "STOPSIGNAL"}, name


def _copy(stage: Stage, stages: dict[str, Stage], arguments: list[str]) -> None:
    source = None
    if arguments[0].startswith("--from="):
        source = stages[arguments.pop(0).removeprefix("--from=")]
    *names, target = arguments
    for name in names:
        origin = source.path(name) if source else _in_context(name)
        destination = stage.path(target)
        if origin.is_dir():
            shutil.copytree(origin, destination, symlinks=True, dirs_exist_ok=True, ignore=None if source else _ignored)
        else:
            shutil.copy(origin, destination / origin.name if target.endswith("/") else destination)


def _in_context(name: str) -> Path:
    """A file that is sent to the builder."""
    is_sent = f"!{Path(name).parts[0]}" in IGNORED.read_text().splitlines()
    assert is_sent, f"{name} is not sent to the builder"
    return BASE_DIR / name


def _ignored(directory: str, names: list[str]) -> set[str]:
    patterns = IGNORED.read_text().splitlines()
    relative = Path(directory).relative_to(BASE_DIR)
    anywhere = [pattern.removeprefix("**/") for pattern in patterns if pattern.startswith("**/")]
    return {
        name
        for name in names
        if str(relative / name) in patterns or any(fnmatch.fnmatch(name, each) for each in anywhere)
    }


def _variables(stage: Stage, path: str) -> dict[str, str]:
    return {"PATH": path, **{name: value.replace("$PATH", path) for name, value in stage.environment.items()}}


def _in_namespace(stage: Stage, script: str, variables: dict[str, str]) -> None:
    command = _namespace(f"{_setup(stage)}; cd {stage.workdir}; {script}")
    subprocess.run(command, env={"HOME": os.environ["HOME"], **variables}, check=True)  # noqa: S603 - the Dockerfile


def _setup(stage: Stage) -> str:
    return f"mount --bind {stage.path('/srv')} /srv"


def _namespace(script: str) -> list[str]:
    return ["unshare", "--mount", "sh", "-euc", script]
