"""The second factor of an account: a code from an authenticator app (TOTP, RFC 6238), or one of the recovery codes.

django-allauth asks for it at sign-in and keeps it; here is how its secrets are stored, and who has one.
"""

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser

from maskwright.accounts.services.sessions import end_sessions
from maskwright.core.crypto import decrypt_json, encrypt_json

_PURPOSE = "second-factor"


class EncryptedMfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The database alone is not enough to make codes: secrets are encrypted with the installation's key."""

    def encrypt(self, text: str) -> str:
        return encrypt_json({"secret": text}, purpose=_PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return str(decrypt_json(encrypted_text.encode(), purpose=_PURPOSE)["secret"])


def has_second_factor(user: AbstractBaseUser) -> bool:
    """Who has no password here signs in elsewhere, where a second factor is that place's business."""
    if not user.has_usable_password():
        return True
    found: bool = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
    return found


def remove_second_factor(user: AbstractBaseUser) -> bool:
    """For somebody who lost his telephone and his recovery codes. His sessions end; whether there was one."""
    removed, _ = Authenticator.objects.filter(user_id=user.pk).delete()
    if removed:
        end_sessions(user_id=user.pk)
    return bool(removed)


def end_other_sessions(sender: Any, request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """What was signed in by the password alone is signed in no more."""
    if authenticator.type == Authenticator.Type.TOTP:
        end_sessions(user_id=user.pk, except_session=request.session.session_key)
