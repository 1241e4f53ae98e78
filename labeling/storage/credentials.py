"""What credentials of Google and Azure look like, and where they would make us connect.

A key file and a connection string name hosts themselves. Whatever they name passes `egress.py` like an endpoint that
was typed in.
"""

import base64
import binascii
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from labeling.errors import AddressUnusable, EndpointRefused

GOOGLE_ENDPOINT = "https://storage.googleapis.com"
_GOOGLE_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address, not a password
_GOOGLE_UNIVERSE = "googleapis.com"
_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_AZURE_SUFFIX = "core.windows.net"


def check_service_account(text: str) -> dict[str, Any]:
    """The service account of a Google key file.

    Only Google's own token address is taken, or one at a host in STORAGE_ENDPOINTS: it decides where we connect, and so
    does the universe. Raises AddressUnusable, EndpointRefused.
    """
    try:
        info = json.loads(text)
    except ValueError:
        info = None
    needed = ("client_email", "private_key", "token_uri")
    if not isinstance(info, dict) or info.get("type") != "service_account" or not _are_texts(info, needed):
        raise AddressUnusable(_("That is no key file of a Google service account. Paste the whole JSON file."))
    if info["token_uri"] != _GOOGLE_TOKEN_URI and not _is_listed(info["token_uri"]):
        raise EndpointRefused(_("The key file's token_uri must be %(address)s.") % {"address": _GOOGLE_TOKEN_URI})
    if info.get("universe_domain", _GOOGLE_UNIVERSE) != _GOOGLE_UNIVERSE:
        raise EndpointRefused(_("The key file's universe_domain must be %(name)s.") % {"name": _GOOGLE_UNIVERSE})
    google_credentials(info)
    return info


def google_credentials(info: dict[str, Any]) -> Any:
    """Credentials of a service account, not yet used. Raises AddressUnusable when its private key is none."""
    from google.oauth2 import service_account

    untyped: Any = service_account.Credentials
    try:
        return untyped.from_service_account_info(info)
    except ValueError as error:
        raise AddressUnusable(_("The key file's private key cannot be read. Paste the whole JSON file.")) from error


def _are_texts(info: dict[str, Any], names: tuple[str, ...]) -> bool:
    return all(isinstance(info.get(name), str) and info[name] for name in names)


def _is_listed(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return False
    plain = parts.scheme in ("http", "https") and not (parts.username or parts.password)
    listed = {entry.lower() for entry in settings.STORAGE_ENDPOINTS}
    return plain and bool({host, f"{host}:{port}"} & listed)


def check_azure_account(account: str, key: str) -> None:
    """Raise AddressUnusable unless they can be the name and key of a storage account (both, or no key)."""
    if not _ACCOUNT.fullmatch(account):
        raise AddressUnusable(_("The account name is 3 to 24 lower-case letters and digits. Enter it again."))
    try:
        base64.b64decode(key, validate=True)
    except binascii.Error:
        raise AddressUnusable(_("That is no account key. Copy one of the two keys of the storage account.")) from None


def azure_account_url(endpoint: str, account: str) -> str:
    """The address of an account: its own host, or on servers for many accounts a path."""
    base = endpoint.rstrip("/") or f"https://{account}.blob.{_AZURE_SUFFIX}"
    host = urlsplit(base).hostname or ""
    return base if host.startswith(f"{account}.") else f"{base}/{account}"


def read_azure(given: dict[str, str], endpoint: str) -> tuple[dict[str, str], str]:
    """What was entered for Azure as account name with key or SAS token, and the endpoint.

    Takes a connection string apart, with key or SAS, and cuts a SAS token out of a SAS URL. Raises AddressUnusable.
    """
    found = dict(given)
    text = found.pop("connection_string", "")
    if text:
        if found:
            raise AddressUnusable(
                _("Enter the connection string alone, or the account's name with a key or SAS token.")
            )
        found, named = _read_connection_string(text)
        if endpoint and named and named != endpoint:
            raise AddressUnusable(
                _("The connection string names the endpoint %(endpoint)s. Leave the endpoint empty.")
                % {"endpoint": named}
            )
        endpoint = endpoint or named
    if found.get("sas_token"):
        found["sas_token"] = _sas(found["sas_token"])
    return found, endpoint


def _sas(text: str) -> str:
    token = text.rpartition("?")[2]
    if not parse_qs(token).get("sig"):
        raise AddressUnusable(_("That is no SAS token: its part 'sig=' is missing. Copy all of it."))
    return token


def _read_connection_string(text: str) -> tuple[dict[str, str], str]:
    parts = dict(part.strip().split("=", 1) for part in text.split(";") if "=" in part)
    account, blob_endpoint = parts.get("AccountName", ""), parts.get("BlobEndpoint", "").rstrip("/")
    if blob_endpoint and not account:  # a connection string with SAS names no account
        split = urlsplit(blob_endpoint)
        account = split.path.strip("/") or (split.hostname or "").partition(".")[0]
    found = {"account_name": account}
    if parts.get("AccountKey"):
        found["account_key"] = parts["AccountKey"]
    elif parts.get("SharedAccessSignature"):
        found["sas_token"] = parts["SharedAccessSignature"]
    if not account or len(found) == 1:
        raise AddressUnusable(
            _(
                "That is no connection string: AccountName with AccountKey, or BlobEndpoint with "
                "SharedAccessSignature, is missing. Copy all of it from the storage account's access keys."
            )
        )
    if not blob_endpoint:
        suffix = parts.get("EndpointSuffix", _AZURE_SUFFIX)
        if suffix == _AZURE_SUFFIX:
            return found, ""
        blob_endpoint = f"{parts.get('DefaultEndpointsProtocol', 'https')}://{account}.blob.{suffix}"
    return found, blob_endpoint.removesuffix(f"/{account}")
