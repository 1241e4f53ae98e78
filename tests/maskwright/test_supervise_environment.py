"""What the environment means for `make run`: defaults, production's demands, everything wrong at once."""

from pathlib import Path

import pytest

from maskwright.supervise.environment import child_environment, read_installation
from maskwright.supervise.errors import BadEnvironment
from maskwright.supervise.local_environment import adopt, leave
from maskwright.supervise.local_secrets import LocalSecrets
from maskwright.supervise.roles import DatabaseAddress, RoleAddresses

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DATABASE_URL": "postgresql://app:a@db/maskwright",
    "DATABASE_OWNER_URL": "postgresql://owner:b@db/maskwright",
    "DATABASE_OPS_URL": "postgresql://ops:c@db/maskwright",
    "REDIS_URL": "redis://:d@broker:6379/0",
    "MASKWRIGHT_STORAGE": "s3://bucket/prefix",
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "labels.example.org",
}


def children(environ: dict[str, str], home: Path) -> dict[str, str]:
    installation = read_installation(environ | {"MASKWRIGHT_HOME": str(home)}, Path("/checkout"))
    roles = RoleAddresses(*(DatabaseAddress(name, "p", "/s") for name in ("owner", "app", "ops")))
    return child_environment(
        installation, LocalSecrets(home), roles=roles, redis_url="redis://x/0", inference_port=20_001
    )


def test_nothing_set_means_embedded_servers_a_demo_and_the_checkouts_folder() -> None:
    installation = read_installation({}, Path("/checkout"))
    assert installation.home == Path("/checkout/.maskwright")
    assert (installation.port, installation.address) == (8000, "http://localhost:8000")
    assert installation.embeds_postgres
    assert installation.embeds_valkey
    assert installation.demo


def test_children_get_every_documented_variable(tmp_path: Path) -> None:
    env = children({"PORT": "8123"}, tmp_path)
    assert env["DATABASE_URL"] == "postgresql://app:p@/maskwright?host=%2Fs"
    assert env["DATABASE_OWNER_URL"].startswith("postgresql://owner:")
    assert env["DATABASE_OPS_URL"].startswith("postgresql://ops:")
    assert env["MASKWRIGHT_STORAGE"] == f"file://{tmp_path}/objects"
    assert env["INFERENCE_URL"] == "http://127.0.0.1:20001"
    assert env["PUBLIC_URL"] == "http://localhost:8123"
    assert env["PYTHONPATH"] == "/checkout/platform:/checkout"
    assert env["DEBUG"] == "0"
    assert env["DEMO"] == "1"


def test_the_secret_key_is_random_per_folder_and_stays(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    key = children({}, first)["SECRET_KEY"]
    assert len(key) >= 50
    assert children({}, first)["SECRET_KEY"] == key
    assert children({}, second)["SECRET_KEY"] != key


def test_a_complete_production_environment_embeds_nothing_and_has_no_demo() -> None:
    installation = read_installation(PRODUCTION, Path("/checkout"))
    assert not installation.embeds_postgres
    assert not installation.embeds_valkey
    assert not installation.demo
    assert installation.external_roles.ops.user == "ops"
    assert read_installation(PRODUCTION | {"DEMO": "1"}, Path("/checkout")).demo


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"DATABASE_URL"}))
def test_production_refuses_to_start_without(name: str) -> None:
    environ = {key: value for key, value in PRODUCTION.items() if key != name}
    with pytest.raises(BadEnvironment, match=name):
        read_installation(environ, Path("/checkout"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"DEBUG": "1"}, "DEBUG"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_OPS_URL": "mysql://x"}, "DATABASE_OPS_URL"),
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
    ],
)
def test_production_refuses(change: dict[str, str], word: str) -> None:
    with pytest.raises(BadEnvironment, match=word):
        read_installation(PRODUCTION | change, Path("/checkout"))


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(BadEnvironment) as caught:
        read_installation({"DATABASE_URL": "postgresql://a:b@c/d", "PORT": "0", "DEBUG": "yes"}, Path("/checkout"))
    for word in ("PORT", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"):
        assert word in str(caught.value)


def test_a_role_address_without_the_main_one_is_refused() -> None:
    with pytest.raises(BadEnvironment, match="DATABASE_URL is not"):
        read_installation({"DATABASE_OPS_URL": "postgresql://a:b@c/d"}, Path("/checkout"))


def test_a_command_in_a_second_terminal_takes_what_the_supervisor_left(tmp_path: Path) -> None:
    leave(tmp_path, children({"PORT": "8123"}, tmp_path))
    assert (tmp_path / "environment.json").stat().st_mode & 0o777 == 0o600
    environ = {"MASKWRIGHT_HOME": str(tmp_path), "PORT": "9000"}
    assert adopt(environ, Path("/checkout"))
    assert environ["DATABASE_URL"] == "postgresql://app:p@/maskwright?host=%2Fs"
    assert environ["PORT"] == "9000"


def test_an_environment_with_a_database_of_its_own_takes_nothing(tmp_path: Path) -> None:
    leave(tmp_path, children({}, tmp_path))
    environ = PRODUCTION | {"MASKWRIGHT_HOME": str(tmp_path)}
    assert not adopt(environ, Path("/checkout"))
    assert environ == PRODUCTION | {"MASKWRIGHT_HOME": str(tmp_path)}
    nothing: dict[str, str] = {"MASKWRIGHT_HOME": str(tmp_path / "none")}
    assert not adopt(nothing, Path("/checkout"))
    assert set(nothing) == {"MASKWRIGHT_HOME"}


@pytest.mark.parametrize("proxies", ["*", "0.0.0.0/0", "::/0", "proxy.example.org", "10.0.0.5, *"])
def test_nobody_and_no_name_is_trusted_as_a_proxy_by_accident(proxies: str) -> None:
    """A header from anybody would make every address of a client a lie, and later every list of allowed addresses."""
    with pytest.raises(BadEnvironment, match="TRUSTED_PROXIES"):
        read_installation({"TRUSTED_PROXIES": proxies}, ROOT)


def test_proxies_are_addresses_and_networks() -> None:
    installation = read_installation({"TRUSTED_PROXIES": " 10.0.0.5, 10.1.0.0/16 ,fd00::1"}, ROOT)
    assert installation.trusted_proxies == "10.0.0.5,10.1.0.0/16,fd00::1"
