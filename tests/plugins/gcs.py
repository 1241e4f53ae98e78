"""A real Google Cloud Storage server over HTTP, behind the sign-in that Google has: the emulator itself asks nobody.

A service account signs a JWT with its private key, exchanges it at the token address and sends the token with each
request; whoever has no valid token gets 401, whoever may not use the bucket 403.
"""

import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from gcp_storage_emulator.server import RequestHandler
from gcp_storage_emulator.storage import Storage
from google.auth import jwt
from google.cloud.storage import Client
from google.oauth2 import service_account
from pytest_django.fixtures import Settings

from labeling.models import StorageConnection
from labeling.services.storage_connections import save_storage_connection
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company

EMAIL = "photos@acme.iam.gserviceaccount.com"
_AUDIENCE = "https://oauth2.googleapis.com/token"  # whatever the address, the library signs for this one
NOT_ALLOWED = "forbidden-bucket"


@cache
def _key(which: str) -> tuple[str, bytes]:
    """Private and public key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public


class _Handler(RequestHandler):
    """The emulator's, asking for a token first."""

    protocol_version = "HTTP/1.1"
    tokens: set[str] = set()
    whole = threading.Lock()

    def _is_let_in(self) -> bool:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in self.tokens:
            self._answer(401, {"error": {"code": 401, "message": "Invalid Credentials"}})
        elif f"/b/{NOT_ALLOWED}" in self.path:
            self._answer(403, {"error": {"code": 403, "message": "no storage.objects access"}})
        elif self._is_another_generation():
            self._answer(412, {"error": {"code": 412, "message": "conditionNotMet"}})
        else:
            return True
        return False

    def _is_another_generation(self) -> bool:
        """Google checks this for reads too; the emulator does not."""
        address = urlsplit(self.path)
        wanted = parse_qs(address.query).get("ifGenerationMatch")
        if self.command != "GET" or not wanted:
            return False
        bucket, _, key = address.path.partition("/b/")[2].partition("/o/")
        return str(self.storage.get_file_obj(bucket, unquote(key)).get("generation")) != wanted[0]

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def do_POST(self) -> None:
        if self.path == "/token":
            self._exchange()
        else:
            with self.whole:
                if self._is_let_in():
                    super().do_POST()

    def do_GET(self) -> None:
        with self.whole:  # condition and bytes belong together
            if self._is_let_in():
                super().do_GET()

    def do_PUT(self) -> None:
        if self._is_let_in():
            super().do_PUT()

    def do_DELETE(self) -> None:
        if self._is_let_in():
            super().do_DELETE()

    def _exchange(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        try:
            claims = jwt.decode(form["assertion"][0], certs={"1": _key("good")[1]}, audience=_AUDIENCE)
        except ValueError:
            self._answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
            return
        assert claims["iss"] == EMAIL and "devstorage" in claims["scope"]
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        self._answer(200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"})


@dataclass
class Gcs:
    """`address` is what STORAGE_ENDPOINTS allows in the test; `client` is Google's, past all of our code."""

    address: str
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        credentials: Any = service_account.Credentials.from_service_account_info(json.loads(self.key_file()))
        self.client = Client("acme", credentials=credentials, client_options={"api_endpoint": self.address})

    def key_file(self, which: str = "good") -> str:
        return json.dumps(
            {
                "type": "service_account",
                "project_id": "acme",
                "private_key_id": "1",
                "private_key": _key(which)[0],
                "client_email": EMAIL,
                "token_uri": f"{self.address}/token",
            }
        )

    def arguments(self, bucket: str, **credentials: str) -> dict[str, Any]:
        return {
            "name": bucket,
            "kind": "gcs",
            "container": bucket,
            "endpoint": self.address,
            "credentials": credentials or {"service_account_json": self.key_file()},
        }

    def connect(self, company: Company, bucket: str, **changes: Any) -> StorageConnection:
        self.client.create_bucket(bucket)
        with organization_scope(company.id):
            return save_storage_connection(**(self.arguments(bucket) | changes))

    def put(self, bucket: str, files: dict[str, bytes]) -> None:
        for key, data in files.items():
            self.client.bucket(bucket).blob(key).upload_from_string(data, content_type="application/octet-stream")

    def read(self, bucket: str, key: str) -> bytes:
        found: bytes = self.client.bucket(bucket).blob(key).download_as_bytes()
        return found

    def keys(self, bucket: str) -> list[str]:
        return [blob.name for blob in self.client.list_blobs(bucket)]


@pytest.fixture(scope="session")
def gcs_server() -> Iterator[tuple[str, Storage]]:
    storage = Storage(use_memory_fs=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, storage))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", storage
    server.shutdown()
    server.server_close()


@pytest.fixture
def gcs(gcs_server: tuple[str, Storage], settings: Settings) -> Iterator[Gcs]:
    address, storage = gcs_server
    settings.STORAGE_ENDPOINTS = [*settings.STORAGE_ENDPOINTS, address.removeprefix("http://")]
    yield Gcs(address)
    storage.wipe()
