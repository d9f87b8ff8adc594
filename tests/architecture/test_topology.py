"""compose.yaml, the local runner and the README say what deploy/topology.py says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.topology import BY_NAME, GATEWAY, PROCESSES, SERVICES, Process

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))


def test_compose_runs_postgres_the_migration_and_every_process() -> None:
    names = {process.name for process in PROCESSES}
    assert set(COMPOSE["services"]) == names | {"postgres", "migrate"}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_compose_starts_each_process_as_the_topology_says(process: Process) -> None:
    service = COMPOSE["services"][process.name]
    assert process.app in service["command"]
    assert service["environment"]["UVICORN_PORT"] == str(process.port)
    assert service["environment"]["WENXIAO_KEY_FILE"] == f"/keys/{process.name}.pem"
    for other in SERVICES:
        url = service["environment"][f"WENXIAO_{other.name.upper()}_URL"]
        assert url == f"http://{other.name}:{other.port}"


@pytest.mark.parametrize("process", SERVICES, ids=lambda p: p.name)
def test_each_service_gets_its_own_role_and_the_migration_knows_it(process: Process) -> None:
    url = COMPOSE["services"][process.name]["environment"]["WENXIAO_DATABASE_URL"]
    assert url.startswith(f"postgresql://{process.role}:")
    told = COMPOSE["services"]["migrate"]["environment"]
    assert told[f"WENXIAO_{process.name.upper()}_DATABASE_URL"] == url


def test_only_the_public_process_has_a_port_outside_and_on_loopback() -> None:
    open_ports = {name: s["ports"] for name, s in COMPOSE["services"].items() if "ports" in s}
    assert open_ports == {GATEWAY.name: [f"127.0.0.1:{GATEWAY.port}:{GATEWAY.port}"]}
    assert [process for process in PROCESSES if process.public] == [GATEWAY]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_every_process_waits_for_the_migration_and_runs_with_few_rights(process: Process) -> None:
    service = COMPOSE["services"][process.name]
    assert service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True


def test_the_image_runs_as_an_ordinary_user_with_a_health_check() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    assert "USER 10001:10001" in dockerfile
    assert "HEALTHCHECK" in dockerfile
    assert dockerfile.count("FROM ") == 2


@pytest.mark.parametrize("page", ["README.md", "README.en.md"])
@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_the_readme_lists_every_process_with_its_port(process: Process, page: str) -> None:
    rows = (ROOT / page).read_text("utf-8").splitlines()
    assert any(f"`{process.name}`" in row and str(process.port) in row for row in rows)


def test_whom_a_process_follows_or_asks_is_a_process() -> None:
    for process in PROCESSES:
        assert {*process.follows, *process.asks} <= BY_NAME.keys()
        assert process.name not in {*process.follows, *process.asks}
