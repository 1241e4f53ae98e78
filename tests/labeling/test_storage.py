"""Storage connections: what they may reach, what they show, and addresses resolved through them."""

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from labeling.errors import EndpointRefused, StorageNotWritable
from labeling.models import StorageConnection
from labeling.services import storage_connections
from labeling.services.storage_connections import remove_storage_connection, save_storage_connection
from labeling.storage import Resolver
from labeling.storage.egress import check_endpoint
from maskwright.core.crypto import SecretUnreadable, decrypt_json, encrypt_json, rotate
from maskwright.core.errors import Conflict, Invalid, NotFound
from maskwright.core.scope import organization_scope
from tests.factories.inputs import make_upload, order_job, photos
from tests.plugins.cast import Company
from tests.plugins.s3 import S3


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.LOCAL_STORAGE_ROOTS = [str(tmp_path)]
    return tmp_path


def _save(company: Company, **changes: Any) -> StorageConnection:
    arguments: dict[str, Any] = {"name": "place", "kind": "s3", "container": "bucket-1"}
    with organization_scope(company.id):
        return save_storage_connection(**(arguments | changes))


def _codes(company: Company, **changes: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        _save(company, **changes)
    return {field.path: field.code for field in caught.value.fields}


def _test(company: Company, connection: StorageConnection) -> storage_connections.CheckReport:
    with organization_scope(company.id):
        return storage_connections.test_connection(connection_id=connection.pk)


def test_credentials_are_stored_encrypted(acme: Company, s3: S3) -> None:
    connection = s3.connect(acme, "bucket-1")
    stored = bytes(connection.credentials)
    assert b"very-secret" not in stored
    assert decrypt_json(stored, purpose="storage-connection")["secret_key"] == "very-secret"
    with pytest.raises(SecretUnreadable):
        decrypt_json(stored, purpose="something-else")


def test_a_change_of_the_secret_key_needs_the_old_one_as_fallback(settings: Settings) -> None:
    sealed = encrypt_json({"a": "b"}, purpose="p")
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key" * 5
    with pytest.raises(SecretUnreadable, match="SECRET_KEY_FALLBACKS"):
        decrypt_json(sealed, purpose="p")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert decrypt_json(sealed, purpose="p") == {"a": "b"}
    renewed = rotate(sealed, purpose="p")
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt_json(renewed, purpose="p") == {"a": "b"}


def test_the_api_takes_credentials_and_never_gives_them(acme: Company, s3: S3) -> None:
    s3.client.create_bucket(Bucket="bucket-1")
    client = acme.client("manager")
    body = {
        "name": "photos",
        "kind": "s3",
        "container": "bucket-1",
        "endpoint": s3.address,
        "credentials": {"access_key": "tester", "secret_key": "very-secret"},
    }
    created = client.post("/api/v1/storage-connections", body, content_type="application/json")
    assert created.status_code == 201
    url = f"/api/v1/storage-connections/{created.json()['id']}"
    answers = [created, client.get(url), client.get("/api/v1/storage-connections")]
    tested = client.post(f"{url}/test")
    assert (tested.status_code, tested.json()["ok"]) == (200, True)
    assert [step["step"] for step in tested.json()["steps"]] == ["list", "write", "read", "delete"]
    changed = client.put(url, {**body, "name": "renamed", "credentials": None}, content_type="application/json")
    assert changed.json()["name"] == "renamed"
    for answer in (*answers, tested, changed):
        assert "very-secret" not in answer.content.decode()
        assert "credentials" not in answer.content.decode()
    assert client.post(f"{url}/test").json()["ok"], "the stored credentials stayed"
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_credentials_cannot_be_sent_elsewhere_by_editing_the_endpoint(
    acme: Company, s3: S3, settings: Settings
) -> None:
    connection = s3.connect(acme, "bucket-1")
    settings.STORAGE_ENDPOINTS = [*settings.STORAGE_ENDPOINTS, "evil.example"]
    changes = {"connection_id": connection.pk, "endpoint": "https://evil.example"}
    assert _codes(acme, **changes) == {"credentials": "enter_again"}
    assert _save(acme, **changes, credentials={"access_key": "a", "secret_key": "b"}).endpoint == "https://evil.example"


def test_an_own_connection_is_anothers_404(acme: Company, initech: Company, s3: S3) -> None:
    url = f"/api/v1/storage-connections/{s3.connect(acme, 'bucket-1').pk}"
    for company, status in ((initech, 404), (acme, 200)):
        client = company.client("manager")
        assert client.get(url).status_code == status
        assert client.post(f"{url}/test").status_code == status
    with organization_scope(initech.id), pytest.raises(NotFound):
        remove_storage_connection(connection_id=uuid.UUID(url[-36:]))


@pytest.fixture
def trap() -> Iterator[tuple[int, list[object]]]:
    """A listener on loopback that counts who connects."""
    caught: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                caught.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield server.getsockname()[1], caught
        done.set()
        thread.join()


_HOSTS = [
    "http://127.0.0.1:{port}",
    "http://localhost:{port}",
    "http://2130706433:{port}",
    "http://0x7f000001:{port}",
    "http://0177.0.0.1:{port}",
    "http://127.1:{port}",
    "http://0.0.0.0:{port}",
    "http://[::1]:{port}",
    "http://[::ffff:127.0.0.1]:{port}",
    "http://169.254.169.254",
    "http://user@127.0.0.1:{port}",
    "http://s3.amazonaws.com@127.0.0.1:{port}",
    "http://s3.amazonaws.com.127.0.0.1.nip.io:{port}",
    "https://s3.amazonaws.com.evil.example",
    "https://ec2-1-2-3-4.compute-1.amazonaws.com",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}",
    "https://",
    "https://[",
    "https://host/path",
    "https://host:99999",
    "http://s3.eu-central-1.amazonaws.com",
]


@pytest.mark.parametrize("endpoint", _HOSTS)
def test_endpoints_into_the_private_network_are_refused_unseen(
    acme: Company, endpoint: str, trap: tuple[int, list[object]]
) -> None:
    port, caught = trap
    found = _codes(acme, endpoint=endpoint.format(port=port))
    assert found == {"endpoint": "endpoint_refused"}
    assert caught == []


def test_only_the_listed_host_and_port_are_open(settings: Settings) -> None:
    settings.STORAGE_ENDPOINTS = ["minio.internal:9000", "store.example"]
    check_endpoint("http://minio.internal:9000")
    check_endpoint("https://store.example:8443")
    with pytest.raises(EndpointRefused, match=r"minio\.internal:9001"):
        check_endpoint("http://minio.internal:9001")


def test_a_refused_endpoint_is_refused_again_when_it_is_used(acme: Company, s3: S3, settings: Settings) -> None:
    """The operator took the host off the list after the connection was made."""
    connection = s3.connect(acme, "bucket-1")
    settings.STORAGE_ENDPOINTS = []
    report = _test(acme, connection)
    assert (report.ok, report.steps[0].step) == (False, "open")
    with organization_scope(acme.id), pytest.raises(EndpointRefused):
        Resolver().resolve("s3://bucket-1/a.png")


def test_the_key_file_of_google_cannot_name_its_own_token_address(acme: Company) -> None:
    key = '{"type":"service_account","client_email":"a@b","private_key":"x","token_uri":"http://169.254.169.254/"}'
    found = _codes(acme, kind="gcs", credentials={"service_account_json": key})
    assert found == {"credentials.service_account_json": "endpoint_refused"}


@pytest.mark.parametrize("universe", ["evil.example", "", None, 5])
def test_the_key_file_of_google_cannot_name_another_universe(acme: Company, universe: Any) -> None:
    """The library would build its addresses from it, past the list of hosts."""
    account = {"type": "service_account", "client_email": "a@b", "private_key": "x"}
    key = json.dumps(account | {"token_uri": "https://oauth2.googleapis.com/token", "universe_domain": universe})
    found = _codes(acme, kind="gcs", credentials={"service_account_json": key})
    assert found == {"credentials.service_account_json": "endpoint_refused"}


AZURE = {"account_name": "acmephotos", "account_key": "QUJD"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"name": ""}, {"name": "bad_name"}),
        ({"kind": "ftp"}, {"kind": "unknown_kind"}),
        ({"container": "s3://x/y"}, {"container": "bad_container"}),
        ({"region": "x.evil.com/"}, {"region": "bad_region"}),
        ({"credentials": {"access_key": "a"}}, {"credentials": "incomplete"}),
        ({"credentials": {"password": "a"}}, {"credentials.password": "unknown_credential"}),
        ({"kind": "azure"}, {"credentials.account_name": "required"}),
        ({"kind": "azure", "credentials": AZURE | {"account_name": "Acme_1"}}, {"credentials": "address_unusable"}),
        ({"kind": "azure", "credentials": AZURE | {"account_key": "*"}}, {"credentials": "address_unusable"}),
        ({"kind": "azure", "credentials": AZURE | {"sas_token": "sig=1"}}, {"credentials": "too_many"}),
        (
            {"kind": "local", "container": "/x", "endpoint": "https://store.example"},
            {"container": "endpoint_refused", "endpoint": "no_endpoint"},
        ),
        (
            {"kind": "gcs", "credentials": {"service_account_json": "x"}},
            {"credentials.service_account_json": "address_unusable"},
        ),
        (
            {"name": "", "container": "", "region": "X"},
            {"name": "bad_name", "container": "bad_container", "region": "bad_region"},
        ),
    ],
)
def test_what_is_wrong_is_named(acme: Company, changes: dict[str, Any], codes: dict[str, str]) -> None:
    assert _codes(acme, **changes) == codes


def test_local_folders_lie_below_the_operators_roots(acme: Company, folder: Path, settings: Settings) -> None:
    (folder / "inside").mkdir()
    (folder / "link").symlink_to("/etc")
    _save(acme, kind="local", container=str(folder / "inside"))
    for wrong in ("/etc", "relative", f"{folder}/../..", str(folder / "link"), str(folder) + "x"):
        assert _codes(acme, name="b", kind="local", container=wrong) == {"container": "endpoint_refused"}, wrong
    settings.LOCAL_STORAGE_ROOTS = ["/"]
    wrong = settings.MASKWRIGHT_HOME
    assert _codes(acme, name="b", kind="local", container=str(wrong)) == {"container": "endpoint_refused"}


def test_a_root_can_give_each_organization_its_own_folder(
    acme: Company, initech: Company, folder: Path, settings: Settings
) -> None:
    settings.LOCAL_STORAGE_ROOTS = [f"{folder}/{{organization}}"]
    mine = str(folder / acme.organization.slug)
    _save(acme, kind="local", container=mine)
    assert _codes(initech, kind="local", container=mine) == {"container": "endpoint_refused"}


def test_a_test_says_which_step_failed(acme: Company, s3: S3, folder: Path) -> None:
    connection = s3.connect(acme, "bucket-1")
    assert _test(acme, connection).message == "Everything works."
    assert s3.keys("bucket-1") == []
    s3.client.delete_bucket(Bucket="bucket-1")
    report = _test(acme, connection)
    assert [(step.step, step.ok) for step in report.steps] == [("list", False)]
    assert "bucket does not exist" in report.message
    with organization_scope(acme.id):
        connection.refresh_from_db()
        assert connection.test_result == report.message


def test_a_read_only_connection_is_never_written(acme: Company, s3: S3) -> None:
    connection = s3.connect(acme, "bucket-1", is_writable=False)
    assert [step.step for step in _test(acme, connection).steps] == ["list"]
    with organization_scope(acme.id), pytest.raises(StorageNotWritable):
        Resolver().resolve_output("s3://bucket-1/out/")


def test_what_the_server_answers_is_never_repeated(acme: Company, settings: Settings) -> None:
    """The body of whatever answers at the endpoint may be a secret of the operator's network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            for _ in range(2):
                connection, _address = server.accept()
                connection.recv(65536)
                connection.sendall(
                    b"HTTP/1.1 400 Bad\r\nContent-Length: 15\r\nConnection: close\r\n\r\ninternal-secret"
                )
                connection.close()

        threading.Thread(target=answer, daemon=True).start()
        settings.STORAGE_ENDPOINTS = [f"127.0.0.1:{port}"]
        connection = _save(acme, endpoint=f"http://127.0.0.1:{port}")
        report = _test(acme, connection)
    assert not report.ok
    assert "internal-secret" not in report.message


def test_a_connection_in_use_cannot_be_removed(acme: Company, s3: S3) -> None:
    connection = s3.connect(acme, "bucket-1")
    upload = make_upload(acme, photos(1))
    job = order_job(acme, f"upload://{upload.pk}/", output_uri="s3://bucket-1/out/")
    with organization_scope(acme.id):
        with pytest.raises(Conflict, match=job.name):
            remove_storage_connection(connection_id=connection.pk)
        type(job).objects.filter(pk=job.pk).update(state="stopped")
        remove_storage_connection(connection_id=connection.pk)


def test_without_credentials_requests_are_unsigned(acme: Company, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own keys, which boto3 finds in the environment, are never used for a tenant."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-operators")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "own")
    s3.client.create_bucket(Bucket="bucket-1")
    _save(acme, endpoint=s3.address)
    with organization_scope(acme.id):
        store: Any = Resolver().resolve("s3://bucket-1/a").store
    sent: list[str] = []
    events = store.storage.connection.meta.client.meta.events
    events.register("before-send.s3", lambda request, **_: sent.append(str(request.headers.get("Authorization"))))
    assert list(store.list("")) == []
    assert sent == ["None"]
