"""Encrypt what must be kept but never shown: keys of storages, secrets of webhooks.

The key is derived from SECRET_KEY. After a change of SECRET_KEY the old one belongs into SECRET_KEY_FALLBACKS until
everything was encrypted anew with `rotate`.
"""

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from maskwright.core.errors import Conflict


class SecretUnreadable(Conflict):
    """What was encrypted cannot be read with any key this installation has."""

    code = "secret_unreadable"


def _derived(secret: str, purpose: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=b"maskwright", info=purpose.encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)


def derived_keys(purpose: str) -> list[bytes]:
    """Fernet keys for one purpose, to hand to who needs no other: today's first, then those of former SECRET_KEYs."""
    return [_derived(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in derived_keys(purpose)])


def encrypt_json(value: dict[str, Any], *, purpose: str) -> bytes:
    """Encrypt a JSON object; `purpose` separates the keys, so that a value cannot be moved to another kind of row."""
    return _keys(purpose).encrypt(json.dumps(value).encode())


def decrypt_json(data: bytes, *, purpose: str) -> dict[str, Any]:
    """Read what `encrypt_json` wrote, with today's key or a fallback. Raises SecretUnreadable."""
    try:
        value: dict[str, Any] = json.loads(_keys(purpose).decrypt(data))
    except InvalidToken as error:
        raise SecretUnreadable(
            _(
                "The stored credentials cannot be decrypted. Add the former SECRET_KEY to SECRET_KEY_FALLBACKS, or "
                "enter the credentials again."
            )
        ) from error
    return value


def rotate(data: bytes, *, purpose: str) -> bytes:
    """Encrypt anew with today's key. Raises SecretUnreadable."""
    try:
        return _keys(purpose).rotate(data)
    except InvalidToken as error:
        raise SecretUnreadable(_("The stored credentials cannot be decrypted; enter them again.")) from error
