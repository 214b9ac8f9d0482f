"""The files for Docker Compose, as far as they can be checked without running them. `test_image` runs the commands."""

import pytest
import yaml

from config.environment import BASE_DIR
from tests.deploy import compose

DEPLOY = BASE_DIR / "deploy"


def test_services_depend_on_services_and_mount_files_that_exist() -> None:
    services = compose.services()
    for name, options in services.items():
        assert set(options.get("depends_on", {})) <= set(services), name
        for volume in options.get("volumes", []):
            source = volume.partition(":")[0]
            # The operator creates the directory with the certificate.
            assert not source.startswith("./") or (DEPLOY / source).exists() or source == "./certificates", volume


@pytest.mark.parametrize("name", ["migrate", "app1", "app2", "work", "tidy"])
def test_the_server_runs_without_privileges(name: str) -> None:
    options = compose.servers()[name].options
    assert (options["read_only"], options["tmpfs"], options["cap_drop"]) == (True, "/tmp", ["ALL"])  # noqa: S108 - a path in the container
    assert options["security_opt"] == ["no-new-privileges:true"]
    assert "ports" not in options


@pytest.mark.parametrize(
    ("file", "of_compose", "addresses"),
    [
        (
            "nginx/upstream.conf",
            "nginx/upstream.compose.conf",
            {"127.0.0.1:8001": "app1:8000", "127.0.0.1:8002": "app2:8000"},
        ),
        (
            "monitoring/prometheus.yml",
            "monitoring/prometheus.compose.yml",
            {'"127.0.0.1:9200"': '"app1:9200", "app2:9200"'},
        ),
    ],
)
def test_files_for_compose_differ_only_in_addresses(file: str, of_compose: str, addresses: dict[str, str]) -> None:
    text = without_comments(file)
    for written, here in addresses.items():
        assert written in text
        text = text.replace(written, here)
    assert without_comments(of_compose) == text


def without_comments(file: str) -> str:
    return "\n".join(line for line in (DEPLOY / file).read_text().splitlines() if not line.startswith("#"))


def test_prometheus_reads_the_ports_of_the_instances() -> None:
    text = (DEPLOY / "monitoring/prometheus.compose.yml").read_text()
    (job,) = yaml.safe_load(text)["scrape_configs"]
    servers = compose.servers()
    expected = [f"{name}:{servers[name].options['environment']['METRICS_PORT']}" for name in ("app1", "app2")]
    assert job["static_configs"] == [{"targets": expected}]
