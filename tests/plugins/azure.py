"""A real Azure Blob Storage server over HTTP: Azurite, which checks keys and SAS tokens as Azure does.

It is a Node package, pinned in tests/emulators and installed there by whoever needs it first.
"""

import base64
import fcntl
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas
from pytest_django.fixtures import Settings

from labeling.models import StorageConnection
from labeling.services.storage_connections import save_storage_connection
from maskwright.core.scope import organization_scope
from maskwright.supervise.setup import digest, find_npm, read
from tests.plugins.cast import Company

ACCOUNT = "acmephotos"
KEY = base64.b64encode(b"the key of the account in the tests".ljust(64, b".")).decode()
_FOLDER = Path(__file__).resolve().parents[1] / "emulators"


@dataclass
class Azure:
    """`address` is what STORAGE_ENDPOINTS allows in the test; `client` is Microsoft's, past all of our code."""

    address: str
    client: BlobServiceClient

    def arguments(self, container: str, **credentials: str) -> dict[str, Any]:
        return {
            "name": container,
            "kind": "azure",
            "container": container,
            "endpoint": self.address,
            "credentials": credentials or {"account_name": ACCOUNT, "account_key": KEY},
        }

    def connect(self, company: Company, container: str, **changes: Any) -> StorageConnection:
        self.client.create_container(container)
        with organization_scope(company.id):
            return save_storage_connection(**(self.arguments(container) | changes))

    def put(self, container: str, files: dict[str, bytes]) -> None:
        for key, data in files.items():
            self.client.get_blob_client(container, key).upload_blob(data, overwrite=True)

    def read(self, container: str, key: str) -> bytes:
        return self.client.get_blob_client(container, key).download_blob().readall()

    def keys(self, container: str) -> list[str]:
        return [blob.name for blob in self.client.get_container_client(container).list_blobs()]

    def sas(self, container: str, permissions: str, hours: int = 1) -> str:
        """A SAS token for one container; negative hours give one that has expired."""
        return generate_container_sas(
            ACCOUNT,
            container,
            account_key=KEY,
            permission=ContainerSasPermissions.from_string(permissions),
            expiry=datetime.now(UTC) + timedelta(hours=hours),
        )


def _install() -> tuple[str, Path]:
    """Node and Azurite's program, after installing the locked packages where they are missing."""
    npm, env = find_npm()
    node = npm[0] if len(npm) > 1 else "node"
    wanted = digest([_FOLDER / "package-lock.json"], "")
    stamp = _FOLDER / "node_modules" / ".maskwright-packages"
    with (_FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test processes installs
        if read(stamp) != wanted:
            # No scripts: none of its packages needs one to serve blobs.
            options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run([*npm, "ci", *options], cwd=_FOLDER, env=env, check=True, stdin=subprocess.DEVNULL)
            stamp.write_text(wanted)
    return node, _FOLDER / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node, program = _install()
    folder = tmp_path_factory.mktemp("azurite")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [node, str(program), "--blobHost", "127.0.0.1", "--blobPort", str(port), "--inMemoryPersistence"]
    # A library newer than the server asks for a version that it has not heard of.
    command += ["--silent", "--disableTelemetry", "--skipApiVersionCheck"]
    env = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"}
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5)
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("Azurite does not answer; start it by hand to see why.")


@pytest.fixture
def azure(azure_server: str, settings: Settings) -> Iterator[Azure]:
    settings.STORAGE_ENDPOINTS = [*settings.STORAGE_ENDPOINTS, azure_server.removeprefix("http://")]
    credential: Any = {"account_name": ACCOUNT, "account_key": KEY}
    client = BlobServiceClient(f"{azure_server}/{ACCOUNT}", credential=credential)
    yield Azure(azure_server, client)
    for container in client.list_containers():
        client.delete_container(container.name)
