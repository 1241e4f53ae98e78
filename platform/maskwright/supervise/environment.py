"""What `make run` reads from the environment, and the environment its children get.

Two modes. *Embedded* (nothing set): our own PostgreSQL and Valkey, blobs in the data folder, a demo, secrets
made here. *Production* (``DATABASE_URL`` set): everything that matters must be named, debugging is refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import BadEnvironment
from .local_secrets import LocalSecrets
from .roles import DatabaseAddress, RoleAddresses

DATABASE_VARIABLES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPS_URL")
#: Which of them a process needs that runs alone (MASKWRIGHT_ROLE, in containers); everything together needs all.
#: `migrate` gives grants to the other two, so it needs their names (no passwords).
DATABASES_OF_ROLE = {
    "web": DATABASE_VARIABLES[:1],
    "beat": DATABASE_VARIABLES[:1],
    "prepare": DATABASE_VARIABLES[:1],
    "worker": ("DATABASE_URL", "DATABASE_OPS_URL"),
    "operations": ("DATABASE_URL", "DATABASE_OPS_URL"),
}
SHORTEST_SECRET_KEY = 32
# Bound only when HOST asks for it (containers).
ANY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 - compared with
TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Installation:
    """One checkout with one data folder, as the environment describes it."""

    root: Path
    home: Path
    host: str
    port: int
    environ: Mapping[str, str]

    @property
    def production(self) -> bool:
        return bool(self.environ.get("DATABASE_URL"))

    @property
    def embeds_postgres(self) -> bool:
        return not self.production

    @property
    def embeds_valkey(self) -> bool:
        return not self.environ.get("REDIS_URL")

    @property
    def demo(self) -> bool:
        return is_true(self.environ.get("DEMO", "0" if self.production else "1"))

    @property
    def address(self) -> str:
        """What people open in the browser."""
        public = self.environ.get("PUBLIC_URL", "").rstrip("/")
        if public:
            return public
        name = "localhost" if self.host in ANY_ADDRESS | {"127.0.0.1", "::1"} else self.host
        return f"http://{name}:{self.port}"

    @property
    def probe_host(self) -> str:
        """A host name that ALLOWED_HOSTS accepts, for our own health requests."""
        first = self.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
        return first if first and first != "*" else "localhost"

    @property
    def databases(self) -> tuple[str, ...]:
        """The variables of the addresses that this process needs."""
        return databases_of(self.environ)

    @property
    def external_roles(self) -> RoleAddresses:
        """What the environment names; an address that this process must not have leads nowhere."""
        app, owner, ops = (
            DatabaseAddress.parse(self.environ[name])
            if name in self.databases
            else DatabaseAddress(f"no_{name.lower()}_here", "", "127.0.0.1", 1)
            for name in DATABASE_VARIABLES
        )
        return RoleAddresses(owner=owner, app=app, ops=ops)

    @property
    def trusted_proxies(self) -> str:
        """Addresses and networks whose X-Forwarded-For and -Proto are believed, for uvicorn; empty: nobody's."""
        return ",".join(part.strip() for part in self.environ.get("TRUSTED_PROXIES", "").split(",") if part.strip())


def databases_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    return DATABASES_OF_ROLE.get(environ.get("MASKWRIGHT_ROLE", ""), DATABASE_VARIABLES)


def is_true(value: str) -> bool:
    return value.strip().lower() in TRUE


def read_installation(environ: Mapping[str, str], root: Path) -> Installation:
    """Read and judge the environment; raises ``BadEnvironment`` with everything that is wrong, at once."""
    problems: list[str] = []
    port = 8000
    wanted = environ.get("PORT") or "8000"
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted) < 65_536:
        port = int(wanted)
    else:
        problems.append(f"PORT is {wanted!r}; it must be a number from 1 to 65535, for example PORT=8001.")
    home = Path(environ.get("MASKWRIGHT_HOME") or root / ".maskwright").expanduser()
    installation = Installation(
        root=root,
        home=home if home.is_absolute() else (Path.cwd() / home).resolve(),
        host=environ.get("HOST") or "127.0.0.1",
        port=port,
        environ=environ,
    )
    problems += _proxy_problems(installation.trusted_proxies)
    problems += _production_problems(environ) if installation.production else _stray_addresses(environ)
    if problems:
        raise BadEnvironment("The environment needs a change before Maskwright can start:\n- " + "\n- ".join(problems))
    return installation


def child_environment(
    installation: Installation,
    secrets: LocalSecrets,
    *,
    roles: RoleAddresses,
    redis_url: str,
    inference_port: int,
    demo_s3_port: int | None = None,
) -> dict[str, str]:
    """The whole environment of a child process, as docs/architecture.md lists it."""
    given = installation.environ
    path = [str(installation.root / "platform"), str(installation.root)]
    demo_s3 = {}
    if demo_s3_port is not None:
        endpoints = [*filter(None, [given.get("STORAGE_ENDPOINTS")]), f"127.0.0.1:{demo_s3_port}"]
        demo_s3 = {
            "DEMO_S3_URL": f"http://127.0.0.1:{demo_s3_port}",
            "DEMO_S3_SECRET": secrets.secret("demo_s3_secret"),
            "STORAGE_ENDPOINTS": ",".join(endpoints),
        }
    return (
        dict(given)
        | demo_s3
        | {
            "DATABASE_URL": roles.app.url,
            "DATABASE_OWNER_URL": roles.owner.url,
            "DATABASE_OPS_URL": roles.ops.url,
            "REDIS_URL": redis_url,
            "MASKWRIGHT_HOME": str(installation.home),
            "MASKWRIGHT_STORAGE": given.get("MASKWRIGHT_STORAGE") or f"file://{installation.home}/objects",
            "INFERENCE_URL": given.get("INFERENCE_URL") or f"http://127.0.0.1:{inference_port}",
            "PORT": str(installation.port),
            "PUBLIC_URL": installation.address,
            "ALLOWED_HOSTS": given.get("ALLOWED_HOSTS") or _local_hosts(installation.host),
            "SECRET_KEY": given.get("SECRET_KEY") or secrets.secret("secret_key", 50),
            "DEBUG": "1" if is_true(given.get("DEBUG", "0")) else "0",
            "DEMO": "1" if installation.demo else "0",
            "PRODUCTION": "1" if installation.production else "0",
            "PYTHONPATH": ":".join(path),
            "PYTHONUNBUFFERED": "1",
        }
    )


def _local_hosts(host: str) -> str:
    return ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", *([] if host in ANY_ADDRESS else [host])]))


def _stray_addresses(environ: Mapping[str, str]) -> list[str]:
    return [
        f"{name} is set but DATABASE_URL is not; set all of {', '.join(DATABASE_VARIABLES)} or none."
        for name in DATABASE_VARIABLES[1:]
        if environ.get(name)
    ]


def _proxy_problems(proxies: str) -> list[str]:
    """Who is trusted can say he is anybody, so everybody is never trusted."""
    problems = []
    for proxy in filter(None, proxies.split(",")):
        try:
            network = ipaddress.ip_network(proxy)
        except ValueError:
            problems.append(f"TRUSTED_PROXIES: {proxy} is no address or network, for example 10.0.0.5 or 10.0.0.0/24.")
            continue
        if network.prefixlen == 0:
            problems.append(f"TRUSTED_PROXIES: {proxy} is everybody; name your proxy's address.")
    return problems


def _production_problems(environ: Mapping[str, str]) -> list[str]:
    problems = []
    for name in databases_of(environ):
        value = environ.get(name)
        if not value:
            problems.append(f"{name} is missing; every process needs its roles' addresses (docs/architecture.md).")
            continue
        try:
            DatabaseAddress.parse(value)
        except BadEnvironment as error:
            problems.append(f"{name}: {error}")
    if not environ.get("REDIS_URL"):
        problems.append("REDIS_URL is missing; for example redis://:password@host:6379/0.")
    if not environ.get("MASKWRIGHT_STORAGE"):
        problems.append("MASKWRIGHT_STORAGE is missing; for example s3://bucket/prefix or file:///srv/maskwright.")
    if len(environ.get("SECRET_KEY", "")) < SHORTEST_SECRET_KEY:
        problems.append(
            f"SECRET_KEY is missing or shorter than {SHORTEST_SECRET_KEY} characters; make one with "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(50))'` and keep it."
        )
    hosts = [host.strip() for host in environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
    if not hosts or "*" in hosts:
        problems.append("ALLOWED_HOSTS must name the host names people use, for example labels.example.org.")
    if is_true(environ.get("DEBUG", "0")):
        problems.append("DEBUG must not be on with DATABASE_URL: error pages would show secrets to everybody.")
    return problems
