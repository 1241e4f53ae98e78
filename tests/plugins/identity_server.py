"""An OpenID Connect provider over HTTP, of which a test says who signs in and what is claimed of him."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest


@dataclass
class IdentityServer:
    """`claims` of whoever signs in next; `asked` are the token requests it got."""

    address: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "name": "Ada Lovelace"})
    userinfo: dict[str, Any] | None = None
    configuration: dict[str, Any] = field(default_factory=dict)
    token: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def discovery(self) -> dict[str, Any]:
        found = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
        }
        return {key: value for key, value in {**found, **self.configuration}.items() if value is not None}

    def id_token(self) -> str:
        said = {"iss": self.address, "aud": "maskwright", "exp": int(time.time()) + 60, **self.claims, **self.token}
        return jwt.encode(said, "a secret of the provider that nobody checks", algorithm="HS256")


@pytest.fixture
def identity_server(settings: Any) -> Iterator[IdentityServer]:
    served = IdentityServer()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Quiet."""

        def _answer(self, body: Any, status: int = 200) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                self._answer(served.discovery())
            elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer access":
                self._answer(served.claims if served.userinfo is None else served.userinfo)
            else:
                self._answer({}, 404)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            served.asked.append(form)
            self._answer({"access_token": "access", "token_type": "Bearer", "id_token": served.id_token()})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.address = f"http://127.0.0.1:{server.server_port}"
    settings.IDENTITY_ENDPOINTS = [served.host]
    Thread(target=server.serve_forever, daemon=True).start()
    yield served
    server.shutdown()
    server.server_close()
