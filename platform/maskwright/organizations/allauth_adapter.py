"""Sign-up is closed: people come by invitation only. Who tried too often to sign in reads how long he has to wait."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from maskwright.organizations.rate_limits import LEAST_WAIT, seconds_to_wait, wait_in_words

_TOO_MANY = "too_many_login_attempts"


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            if error.code != _TOO_MANY:
                raise
            key = self._get_login_attempts_cache_key(request, **credentials)
            wait = max(seconds_to_wait(request, "login_failed", key=key), LEAST_WAIT)
            message = _("Too many failed attempts to sign in. Try again in %(wait)s.") % {"wait": wait_in_words(wait)}
            raise ValidationError(message, code=_TOO_MANY) from error
