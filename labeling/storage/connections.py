"""Open the store of a storage connection: credentials decrypted, endpoint and folder checked each time."""

import json
import re
import uuid
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from labeling.errors import AddressUnusable, EndpointRefused
from labeling.models import StorageConnection
from labeling.models.storage_connection import StorageKind
from labeling.storage.egress import check_endpoint
from maskwright.core.crypto import decrypt_json, encrypt_json
from maskwright.core.errors import FieldProblem
from maskwright.core.objects import ObjectStore, open_store
from maskwright.organizations.models import Organization

PURPOSE = "storage-connection"
#: Which credentials a kind takes; all are texts.
CREDENTIALS: dict[str, tuple[str, ...]] = {
    StorageKind.S3: ("access_key", "secret_key", "session_token"),
    StorageKind.GCS: ("service_account_json",),
    StorageKind.AZURE: ("account_name", "account_key", "sas_token"),
    StorageKind.LOCAL: (),
}
#: Scheme of the addresses a kind answers.
SCHEME_OF: dict[str, str] = {
    StorageKind.S3: "s3",
    StorageKind.GCS: "gs",
    StorageKind.AZURE: "azure",
    StorageKind.LOCAL: "file",
}
_GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address, not a password
_CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}[a-zA-Z0-9]")


def seal(credentials: dict[str, str]) -> bytes:
    return encrypt_json(credentials, purpose=PURPOSE) if credentials else b""


def unseal(connection: StorageConnection) -> dict[str, str]:
    data = bytes(connection.credentials)
    return decrypt_json(data, purpose=PURPOSE) if data else {}


def open_connection(connection: StorageConnection, *, patient: bool = True) -> ObjectStore:
    """The store of a connection; keys are those of the bucket, or paths below the folder.

    `patient` False gives up soon: for a person who waits for the test. Raises EndpointRefused, AddressUnusable,
    SecretUnreadable.
    """
    if connection.kind == StorageKind.LOCAL:
        return open_store(f"file://{check_folder(connection.container, connection.organization_id)}")
    if connection.endpoint:
        check_endpoint(connection.endpoint)
    options = _OPTIONS[StorageKind(connection.kind)](connection, unseal(connection), patient)
    return open_store(f"{SCHEME_OF[connection.kind]}://{connection.container}", **options)


def _s3_options(connection: StorageConnection, secrets: dict[str, str], patient: bool) -> dict[str, Any]:
    from botocore import UNSIGNED
    from botocore.config import Config

    timeouts: dict[str, Any] = (
        {"connect_timeout": 5, "read_timeout": 20} if patient else {"connect_timeout": 3, "read_timeout": 5}
    )
    retries: Any = {"max_attempts": 3 if patient else 1}
    # Without keys requests go unsigned: boto3 would otherwise take whatever credentials the server itself has.
    signing = {} if secrets.get("access_key") else {"signature_version": UNSIGNED}
    # Path addresses, so that the bucket's name never becomes part of a host on servers of one's own.
    style = {"addressing_style": "path"} if connection.endpoint else {}
    options: dict[str, Any] = {
        "access_key": secrets.get("access_key"),
        "secret_key": secrets.get("secret_key"),
        "security_token": secrets.get("session_token") or None,
        "endpoint_url": connection.endpoint or None,
        "region_name": connection.region or None,
        "querystring_auth": False,
        "client_config": Config(retries=retries, s3=style, max_pool_connections=20, **timeouts, **signing),
    }
    return {key: value for key, value in options.items() if value is not None}


def _gcs_options(connection: StorageConnection, secrets: dict[str, str], patient: bool) -> dict[str, Any]:
    from google.auth import credentials
    from google.oauth2 import service_account

    untyped: Any = service_account.Credentials
    text = secrets.get("service_account_json", "")
    options: dict[str, Any] = {"querystring_auth": False}
    if text:
        info = check_service_account(text)
        options["credentials"] = untyped.from_service_account_info(info)
        options["project_id"] = info.get("project_id")
    else:
        options["credentials"] = cast(Any, credentials).AnonymousCredentials()
        options["project_id"] = "anonymous"
    return options


def _azure_options(connection: StorageConnection, secrets: dict[str, str], patient: bool) -> dict[str, Any]:
    account = secrets.get("account_name", "")
    if not re.fullmatch(r"[a-z0-9]{3,24}", account):
        raise AddressUnusable("The account name is 3 to 24 lower-case letters and digits. Enter it again.")
    options: dict[str, Any] = {"account_name": account, "timeout": 20 if patient else 5}
    if secrets.get("account_key"):
        options["account_key"] = secrets["account_key"]
    elif secrets.get("sas_token"):
        options["sas_token"] = secrets["sas_token"].lstrip("?")
    if connection.endpoint:
        endpoint = connection.endpoint.rstrip("/")
        key = secrets.get("account_key", "")
        options["connection_string"] = f"AccountName={account};AccountKey={key};BlobEndpoint={endpoint}/{account};"
    return options


_OPTIONS = {StorageKind.S3: _s3_options, StorageKind.GCS: _gcs_options, StorageKind.AZURE: _azure_options}


def check_service_account(text: str) -> dict[str, Any]:
    """The service account of a Google key file. Only its own token address is taken: it decides where we connect."""
    try:
        info = json.loads(text)
    except ValueError:
        info = None
    needed = ("client_email", "private_key", "token_uri")
    if not isinstance(info, dict) or info.get("type") != "service_account" or not all(info.get(k) for k in needed):
        raise AddressUnusable("That is no key file of a Google service account. Paste the whole JSON file.")
    if info["token_uri"] != _GOOGLE_TOKEN_URI:
        raise EndpointRefused(f"The key file's token_uri must be {_GOOGLE_TOKEN_URI}.")
    return info


def container_problem(kind: str, container: str) -> FieldProblem | None:
    """Why a bucket name cannot be one; folders are checked by `check_folder`."""
    if kind == StorageKind.LOCAL or _CONTAINER.fullmatch(container):
        return None
    message = "A bucket's name has 3 or more letters, digits, dots and hyphens, without s3:// and without a folder."
    return FieldProblem("container", "bad_container", message)


def check_folder(folder: str, organization_id: uuid.UUID) -> Path:
    """The folder as an absolute path. Raises EndpointRefused unless it lies below a root the operator allowed.

    A root may contain `{organization}`, which stands for the slug: then each organization has a folder of its own.
    """
    if not folder.startswith("/") or ".." in folder.split("/"):
        raise EndpointRefused("Write the folder's absolute path, such as /srv/photos.")
    path = Path(folder).resolve()
    own = Path(settings.MASKWRIGHT_HOME).resolve()
    for root in _roots(organization_id):
        if path.is_relative_to(root):
            break
    else:
        raise EndpointRefused(
            f"This installation may not read {folder}. Ask the operator to add it to LOCAL_STORAGE_ROOTS."
        )
    if path.is_relative_to(own) or own.is_relative_to(path):
        raise EndpointRefused("That folder holds the installation's own data. Choose another one.")
    return path


def _roots(organization_id: uuid.UUID) -> list[Path]:
    roots = settings.LOCAL_STORAGE_ROOTS
    slug = ""
    if any("{organization}" in root for root in roots):
        slug = Organization.objects.values_list("slug", flat=True).get(pk=organization_id)
    return [Path(root.replace("{organization}", slug)).resolve() for root in roots]
