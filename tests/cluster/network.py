"""Hosts on one machine: network namespaces that are connected to a bridge.

It must run in a network namespace of its own, in which the addresses exist. See `isolation`.
"""

import pwd
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tests.proof import processes
from tests.waiting import wait_until

PREFIX = "10.77.0"
BRIDGE = "bridge"
# Its address is that of the clients.
BRIDGE_ADDRESS = f"{PREFIX}.1"

_DROP_ALL = """
table inet faults {
    chain input { type filter hook input priority 0; iifname "eth0" drop; }
    chain output { type filter hook output priority 0; oifname "eth0" drop; }
}
"""
_DROP_PORT = """
table inet faults {{
    chain input {{ type filter hook input priority 0; iifname "eth0" tcp sport {port} drop; }}
    chain output {{ type filter hook output priority 0; oifname "eth0" tcp dport {port} drop; }}
}}
"""


class Host:
    """A host: its own network stack and processes. Its files are in `directory`."""

    def __init__(self, name: str, address: str, directory: Path) -> None:
        self.name = name
        self.address = address
        self.directory = directory
        self._started: list[subprocess.Popen[bytes]] = []

    def start(
        self,
        *command: str | Path,
        log: str,
        user: str = "root",
        environment: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a program on the host. Its output is appended to the file `log` in the host's directory."""
        account = pwd.getpwnam(user)
        identity = ["--setuid", str(account.pw_uid), "--setgid", str(account.pw_gid)]
        with (self.directory / log).open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                [*self._enter(), *identity, "--", *command],
                cwd=cwd or self.directory,
                env=None if environment is None else dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def pids(self) -> list[int]:
        """The processes on the host."""
        self._started = [process for process in self._started if process.poll() is None]
        return [int(pid) for pid in _ip("netns", "pids", self.name).split()]

    def kill(self, *, spare: Collection[int] = ()) -> None:
        """Kill all processes on the host at once, except those in `spare`."""
        self.pause(spare=spare)

        def are_dead() -> bool:
            running = self._others(spare)
            for pid in running:
                processes.send_signal(pid, signal.SIGKILL)
            return not running

        wait_until(are_dead, what=f"the processes of {self.name} to die")

    def pause(self, *, spare: Collection[int] = ()) -> None:
        """Stop all processes on the host, except those in `spare`."""
        for pid in self._others(spare):
            processes.send_signal(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self.pids():
            processes.send_signal(pid, signal.SIGCONT)

    def partition(self) -> None:
        """Drop all packets from and to other hosts."""
        self._filter(_DROP_ALL)

    def cut_off(self, port: int) -> None:
        """Drop all packets of the host's own connections to this port of other hosts."""
        self._filter(_DROP_PORT.format(port=port))

    def reconnect(self) -> None:
        """Drop no more packets."""
        self._filter("flush ruleset")

    def _others(self, spare: Collection[int]) -> list[int]:
        return [pid for pid in self.pids() if pid not in spare]

    def _filter(self, rules: str) -> None:
        subprocess.run([*self._enter(), "nft", "-f", "-"], input=rules.encode(), check=True)  # noqa: S603 - our rules

    def _enter(self) -> list[str]:
        return ["nsenter", f"--net=/run/netns/{self.name}"]


def create(names: Sequence[str], directory: Path) -> dict[str, Host]:
    """Create hosts with these names, each with an address and a directory."""
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "name", BRIDGE, "type", "bridge")
    _ip("address", "add", f"{BRIDGE_ADDRESS}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")
    return {name: _host(name, f"{PREFIX}.{number}", directory) for number, name in enumerate(names, start=11)}


def _host(name: str, address: str, directory: Path) -> Host:
    port = f"to-{name}"
    _ip("netns", "add", name)
    _ip("link", "add", "name", port, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("link", "set", port, "master", BRIDGE, "up")
    _ip("-n", name, "link", "set", "lo", "up")
    _ip("-n", name, "address", "add", f"{address}/24", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")
    host = Host(name, address, directory / name)
    host.directory.mkdir(mode=0o755)
    return host


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603, S607 - our own arguments
