"""Which language a page or an answer is in: the account's choice, else the visitor's cookie, else his browser's."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from maskwright.accounts.models import User

#: In the session of who has chosen: written at sign-in from the account, so that no request reads it again.
SESSION_KEY = "language"


class LanguageMiddleware(LocaleMiddleware):
    """A program with a token has no session: its answers follow its Accept-Language."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or "Authorization" in request.headers:
            return
        chosen = request.session.get(SESSION_KEY)
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()


def connect() -> None:
    user_logged_in.connect(_remember, dispatch_uid="language")


def _remember(request: HttpRequest | None, user: User, **_: Any) -> None:
    if request is not None and user.language:
        request.session[SESSION_KEY] = user.language


def languages() -> list[dict[str, str]]:
    """What the picker offers, each under its own name."""
    return [{"code": code, "name": get_language_info(code)["name_local"]} for code, _ in settings.LANGUAGES]


@never_cache
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice on the account, in the session and in a cookie for signing in. An unknown one changes nothing."""
    answer = HttpResponseRedirect(_back(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(language=chosen)
            request.session[SESSION_KEY] = chosen
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def _back(request: HttpRequest) -> str:
    """The page one was on, when it is one of ours."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(wanted)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
