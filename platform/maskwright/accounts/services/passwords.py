"""Links by which a person sets a password: made for e-mail by allauth, here for handing over."""

import secrets

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from maskwright.accounts.models import User


def password_link(user: User) -> str:
    """An address at which the person chooses a password: works once, for `PASSWORD_RESET_TIMEOUT` seconds.

    It also ends when the password, the e-mail address or the time of the last sign-in changes.
    """
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.PUBLIC_URL}{path}"


def random_password() -> str:
    """Five groups of four characters that cannot be confused: about 95 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(5))
