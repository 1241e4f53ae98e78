"""Open the store of a storage connection: credentials decrypted, endpoint and folder checked each time."""

import re
import uuid
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.utils.translation import gettext as _

from labeling.errors import EndpointRefused
from labeling.models import StorageConnection
from labeling.models.storage_connection import StorageKind
from labeling.storage.credentials import (
    GOOGLE_ENDPOINT,
    azure_account_url,
    check_azure_account,
    check_service_account,
    google_credentials,
)
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
    StorageKind.AZURE: ("connection_string", "account_name", "account_key", "sas_token"),
    StorageKind.LOCAL: (),
}
#: Scheme of the addresses a kind answers.
SCHEME_OF: dict[str, str] = {
    StorageKind.S3: "s3",
    StorageKind.GCS: "gs",
    StorageKind.AZURE: "azure",
    StorageKind.LOCAL: "file",
}
# Two characters: the clouds want three, other servers do not.
_CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,253}[a-zA-Z0-9]")


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

    text = secrets.get("service_account_json", "")
    options: dict[str, Any] = {
        "querystring_auth": False,
        "timeout": (5, 20) if patient else (3, 5),
        "deadline": 60 if patient else 5,
        # Always named: otherwise the library takes it from the environment of the server.
        "api_endpoint": connection.endpoint or GOOGLE_ENDPOINT,
    }
    if text:
        info = check_service_account(text)
        options["credentials"] = google_credentials(info)
        options["project_id"] = info.get("project_id") or "none"
    else:
        options["credentials"] = cast(Any, credentials).AnonymousCredentials()
        options["project_id"] = "anonymous"
    return options


def _azure_options(connection: StorageConnection, secrets: dict[str, str], patient: bool) -> dict[str, Any]:
    from maskwright.core.objects.azure import client_options

    account = secrets.get("account_name", "")
    check_azure_account(account, secrets.get("account_key", ""))
    limits = {"connect": 5, "read": 20, "retries": 3} if patient else {"connect": 3, "read": 5, "retries": 0}
    return {
        "account_name": account,
        "account_key": secrets.get("account_key") or None,
        "sas_token": secrets.get("sas_token") or None,
        "account_url": azure_account_url(connection.endpoint, account),
        "client_options": client_options(**limits),
    }


_OPTIONS = {StorageKind.S3: _s3_options, StorageKind.GCS: _gcs_options, StorageKind.AZURE: _azure_options}


def container_problem(kind: str, container: str) -> FieldProblem | None:
    """Why a bucket name cannot be one; folders are checked by `check_folder`."""
    if kind == StorageKind.LOCAL or _CONTAINER.fullmatch(container):
        return None
    message = _("A bucket's name has 2 or more letters, digits, dots and hyphens, without s3:// and without a folder.")
    return FieldProblem("container", "bad_container", message)


def check_folder(folder: str, organization_id: uuid.UUID) -> Path:
    """The folder as an absolute path. Raises EndpointRefused unless it lies below a root the operator allowed.

    A root may contain `{organization}`, which stands for the slug: then each organization has a folder of its own.
    """
    if not folder.startswith("/") or ".." in folder.split("/"):
        raise EndpointRefused(_("Write the folder's absolute path, such as /srv/photos."))
    path = Path(folder).resolve()
    own = Path(settings.MASKWRIGHT_HOME).resolve()
    for root in _roots(organization_id):
        if path.is_relative_to(root):
            break
    else:
        raise EndpointRefused(
            _("This installation may not read %(folder)s. Ask the operator to add it to LOCAL_STORAGE_ROOTS.")
            % {"folder": folder}
        )
    if path.is_relative_to(own) or own.is_relative_to(path):
        raise EndpointRefused(_("That folder holds the installation's own data. Choose another one."))
    return path


def _roots(organization_id: uuid.UUID) -> list[Path]:
    roots = settings.LOCAL_STORAGE_ROOTS
    slug = ""
    if any("{organization}" in root for root in roots):
        slug = Organization.objects.values_list("slug", flat=True).get(pk=organization_id)
    return [Path(root.replace("{organization}", slug)).resolve() for root in roots]
