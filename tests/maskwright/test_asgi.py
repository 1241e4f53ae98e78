"""The real web server: HTTP, WebSocket and its end on one port, with either handler of HTTP."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from maskwright.supervise.environment import child_environment, read_installation
from maskwright.supervise.local_secrets import LocalSecrets
from maskwright.supervise.processes import free_port, wait_until
from maskwright.supervise.services import application_services
from tests.plugins.cast import Company
from tests.plugins.sockets import Browser


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> tuple[int, bytes]:
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return answer.status, answer.read()

    def socket(self, path: str) -> str:
        return self.address.replace("http", "ws", 1) + path


@pytest.fixture(params=["asgi", "wsgi"])
def server(request: pytest.FixtureRequest, committed: None, database_urls: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    roots = [str(settings.ROOT / "platform"), str(settings.ROOT)]
    environment = {**os.environ, **database_urls, "HTTP_HANDLER": request.param, "PYTHONPATH": ":".join(roots)}
    command = [sys.executable, "-m", "uvicorn", "maskwright.config.asgi:application", "--port", str(port)]
    process = subprocess.Popen([*command, "--timeout-graceful-shutdown", "2"], env=environment)
    made = Server(f"http://127.0.0.1:{port}", process)
    try:
        assert wait_until(lambda: _answers(made), timeout=30, interval=0.1)
        yield made
    finally:
        process.kill()
        process.wait()


def _answers(server: Server) -> bool:
    try:
        return server.get("/healthz")[0] == 200
    except OSError:
        return False


def test_pages_and_sockets_share_one_port_and_end_with_it(server: Server, acme: Company) -> None:
    request = urllib.request.Request(server.address + "/api/v1/socket-tickets", method="POST")
    request.add_header("Authorization", f"Bearer {acme.tokens['labeler']}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        ticket = json.loads(answer.read())["ticket"]
    with connect(server.socket(f"/ws/work/?ticket={ticket}")) as socket:
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.2)
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=30)
    assert server.process.wait(timeout=30) is not None


def test_a_browser_learns_why_its_socket_is_closed(server: Server, acme: Company) -> None:
    with connect(server.socket("/ws/work/"), origin=Origin(server.address)) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4401
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={Browser(acme, 'labeler').session}"}
    with (
        pytest.raises(InvalidStatus),
        connect(
            server.socket("/ws/work/"),
            origin=Origin("http://evil.example"),
            additional_headers=cookie,
        ),
    ):
        pass
    with connect(server.socket("/ws/work/"), origin=Origin(server.address), additional_headers=cookie) as socket:
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.2)


@pytest.mark.parametrize(
    ("trusted", "sent", "believed"),
    [
        ("", "203.0.113.7", "127.0.0.1"),
        ("192.0.2.1", "203.0.113.7", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        # What the client itself sent stands left of what the proxy saw.
        ("127.0.0.1", "10.9.9.9, 203.0.113.7", "203.0.113.7"),
        ("127.0.0.1,198.51.100.0/24", "10.9.9.9, 203.0.113.7, 198.51.100.4", "203.0.113.7"),
    ],
)
def test_the_clients_address_is_what_a_trusted_proxy_saw(
    tmp_path: Path, database_urls: dict[str, str], trusted: str, sent: str, believed: str
) -> None:
    """The web server as it is started; it logs the address it answers to."""
    port = free_port()
    environ = {**os.environ, **database_urls, "PORT": str(port), "MASKWRIGHT_HOME": str(tmp_path)}
    environ |= {"TRUSTED_PROXIES": trusted, "MASKWRIGHT_STORAGE": f"file://{tmp_path}", "ALLOWED_HOSTS": "localhost"}
    installation = read_installation(environ, settings.ROOT)
    env = child_environment(
        installation,
        LocalSecrets(tmp_path),
        roles=installation.external_roles,
        redis_url=environ["REDIS_URL"],
        inference_port=1,
    )
    [web] = [one for one in application_services(installation, env, 1) if one.name == "web"]
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        process = subprocess.Popen(web.command, env=env, cwd=settings.ROOT, stdout=output, stderr=output)
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz")
        request.add_header("X-Forwarded-For", sent)
        request.add_header("Host", "localhost")

        def asked() -> bool:
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return bool(answer.status == 200)
            except OSError:
                return False

        assert wait_until(asked, timeout=60, interval=0.2)
        assert wait_until(lambda: f"{believed}:" in log.read_text(), timeout=30), log.read_text()
    finally:
        process.kill()
        process.wait()
