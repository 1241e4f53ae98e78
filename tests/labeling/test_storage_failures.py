"""The test button: each way a connection can be wrong is told with what to do, for each kind of storage."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from labeling.services.storage_connections import CheckReport, save_storage_connection
from labeling.services.storage_connections import test_connection as run_test
from maskwright.core.scope import organization_scope
from tests.plugins.azure import ACCOUNT, KEY, Azure
from tests.plugins.cast import Company
from tests.plugins.gcs import NOT_ALLOWED, Gcs
from tests.plugins.s3 import S3


def _report(company: Company, arguments: dict[str, Any]) -> CheckReport:
    with organization_scope(company.id):
        connection = save_storage_connection(**arguments)
        return run_test(connection_id=connection.pk)


def _failure(company: Company, arguments: dict[str, Any]) -> tuple[str, str]:
    """The step that failed, and the sentence about it."""
    report = _report(company, arguments)
    assert not report.ok
    return report.steps[-1].step, report.message


@pytest.fixture
def nowhere(settings: Settings) -> str:
    """An address where nobody listens, allowed by the operator."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.STORAGE_ENDPOINTS = [*settings.STORAGE_ENDPOINTS, f"127.0.0.1:{port}"]
    return f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("kind", ["s3", "gcs", "azure"])
def test_a_right_connection_works_and_leaves_nothing(acme: Company, kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(kind)
    connection = server.connect(acme, "bucket-1")
    with organization_scope(acme.id):
        report = run_test(connection_id=connection.pk)
    assert [step.step for step in report.steps] == ["list", "write", "read", "delete"]
    assert (report.message, server.keys("bucket-1")) == ("Everything works.", [])


@pytest.mark.parametrize("kind", ["s3", "gcs", "azure"])
def test_a_bucket_that_is_not_there(acme: Company, kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(kind)
    step, message = _failure(acme, server.arguments("no-such-bucket"))
    assert (step, "The bucket does not exist. Check its spelling" in message) == ("list", True)


@pytest.mark.parametrize("kind", ["s3", "gcs", "azure"])
def test_nobody_answers(acme: Company, kind: str, nowhere: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(kind)
    step, message = _failure(acme, server.arguments("bucket-1") | {"endpoint": nowhere})
    assert (step, "did not answer. Check the connection's endpoint" in message) == ("list", True)


@pytest.mark.parametrize("which", ["revoked", ""])
def test_google_does_not_know_the_key(acme: Company, gcs: Gcs, which: str) -> None:
    gcs.client.create_bucket("bucket-1")
    credentials = {"service_account_json": gcs.key_file(which)} if which else {}
    step, message = _failure(acme, gcs.arguments("bucket-1") | {"credentials": credentials})
    assert (step, "does not know these credentials" in message) == ("list", True)


def test_google_does_not_allow_it(acme: Company, gcs: Gcs) -> None:
    step, message = _failure(acme, gcs.arguments(NOT_ALLOWED))
    assert (step, "give them the right to list" in message) == ("list", True)


WRONG_KEY = "d3Jvbmc="
AzureCase = tuple[Callable[[Azure], dict[str, str]], str, str]
AZURE: dict[str, AzureCase] = {
    "wrong key": (lambda a: {"account_name": ACCOUNT, "account_key": WRONG_KEY}, "list", "credentials are wrong"),
    "expired SAS": (
        lambda a: {"account_name": ACCOUNT, "sas_token": a.sas("bucket-1", "rwdl", hours=-1)},
        "list",
        "wrong or expired",
    ),
    "SAS that may not list": (
        lambda a: {"account_name": ACCOUNT, "sas_token": a.sas("bucket-1", "r")},
        "list",
        "the right to list",
    ),
    "SAS that may not write": (
        lambda a: {"account_name": ACCOUNT, "sas_token": a.sas("bucket-1", "rl")},
        "write",
        "make the connection read-only, or allow writing",
    ),
    "SAS that may not delete": (
        lambda a: {"account_name": ACCOUNT, "sas_token": a.sas("bucket-1", "rwl")},
        "delete",
        "Objects can be written but not deleted.",
    ),
}


@pytest.mark.parametrize("case", AZURE)
def test_azure_refuses(acme: Company, azure: Azure, case: str) -> None:
    credentials, step, sentence = AZURE[case]
    azure.client.create_container("bucket-1")
    found = _failure(acme, azure.arguments("bucket-1", **credentials(azure)))
    assert (found[0], sentence in found[1]) == (step, True), found


def test_every_form_of_azures_credentials_works(acme: Company, azure: Azure) -> None:
    azure.client.create_container("bucket-1")
    sas = azure.sas("bucket-1", "rwdl")
    blob = f"BlobEndpoint={azure.address}/{ACCOUNT}"
    key = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};{blob};"
    forms: list[tuple[str, dict[str, str]]] = [
        (azure.address, {"account_name": ACCOUNT, "account_key": KEY}),
        (azure.address, {"account_name": ACCOUNT, "sas_token": "?" + sas}),
        (azure.address, {"account_name": ACCOUNT, "sas_token": f"{azure.address}/{ACCOUNT}/bucket-1?{sas}"}),
        ("", {"connection_string": key}),
        ("", {"connection_string": f"{blob};SharedAccessSignature={sas}"}),
    ]
    identity = None
    for endpoint, credentials in forms:
        arguments = azure.arguments("bucket-1", **credentials) | {"endpoint": endpoint}
        with organization_scope(acme.id):
            connection = save_storage_connection(connection_id=identity, **arguments)
            identity = connection.pk
            assert run_test(connection_id=connection.pk).message == "Everything works.", credentials
            assert connection.endpoint == azure.address
            for secret in (KEY.encode(), b"sig="):
                assert secret not in bytes(connection.credentials)


def test_s3_does_not_know_the_key(acme: Company, s3: S3, s3_signs_in: None) -> None:
    s3.client.create_bucket(Bucket="bucket-1")
    step, message = _failure(acme, s3.arguments("bucket-1", access_key="nobody", secret_key="x"))
    assert (step, "does not know these credentials" in message) == ("list", True)


def test_a_folder_that_went_away(acme: Company, tmp_path: Path, settings: Settings) -> None:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    (tmp_path / "a").write_text("a file, no folder")
    step, message = _failure(acme, {"name": "disk", "kind": "local", "container": str(tmp_path / "a")})
    assert (step, "cannot be read" in message) == ("list", True)
