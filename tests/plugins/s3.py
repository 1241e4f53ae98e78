"""A real S3 server over HTTP."""

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from labeling.models import StorageConnection
from labeling.services.storage_connections import save_storage_connection
from maskwright.core.scope import organization_scope
from tests.plugins.cast import Company


@dataclass
class S3:
    """`address` is what STORAGE_ENDPOINTS allows in the test; `client` is boto3's, past all of our code."""

    address: str
    client: Any

    def arguments(self, bucket: str, **credentials: str) -> dict[str, Any]:
        return {
            "name": bucket,
            "kind": "s3",
            "container": bucket,
            "endpoint": self.address,
            "credentials": credentials or {"access_key": "tester", "secret_key": "very-secret"},
        }

    def connect(self, company: Company, bucket: str, **changes: Any) -> StorageConnection:
        self.client.create_bucket(Bucket=bucket)
        with organization_scope(company.id):
            return save_storage_connection(**(self.arguments(bucket) | changes))

    def put(self, bucket: str, files: dict[str, bytes]) -> None:
        for key, data in files.items():
            self.client.put_object(Bucket=bucket, Key=key, Body=data)

    def read(self, bucket: str, key: str) -> bytes:
        found: bytes = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return found

    def keys(self, bucket: str) -> list[str]:
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, settings: Settings) -> Iterator[S3]:
    settings.STORAGE_ENDPOINTS = [*settings.STORAGE_ENDPOINTS, s3_server.removeprefix("http://")]
    client: Any = boto3.client(
        "s3",
        endpoint_url=s3_server,
        aws_access_key_id="tester",
        aws_secret_access_key="very-secret",
        region_name="us-east-1",
    )
    yield S3(s3_server, client)
    for bucket in client.list_buckets()["Buckets"]:
        for item in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            client.delete_object(Bucket=bucket["Name"], Key=item["Key"])
        client.delete_bucket(Bucket=bucket["Name"])


@pytest.fixture
def s3_signs_in(s3: S3) -> Iterator[None]:
    """From the second request on the server knows nobody: it has no accounts, and asks for one."""
    _allow_strangers(s3, b"1")
    yield
    _allow_strangers(s3, b"inf")


def _allow_strangers(s3: S3, requests: bytes) -> None:
    address, headers = f"{s3.address}/moto-api/reset-auth", {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(address, data=requests, headers=headers), timeout=10)
