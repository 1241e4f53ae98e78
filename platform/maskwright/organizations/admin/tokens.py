"""One's own API tokens, in the organization in scope."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import ApiToken
from maskwright.organizations.actor import Actor
from maskwright.organizations.admin_actions import ObjectAction
from maskwright.organizations.admin_base import NavEntry, ScopedModelAdmin, actor_of
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_html import badge
from maskwright.organizations.permissions import Permission, can
from maskwright.organizations.services.own_tokens import create_own_token, revoke_own_token, tokens_within_reach


class TokenForm(ServiceForm):
    sections = (
        Section(
            _("New token"),
            ("name", "days", "scopes"),
            _("A token lets a script act as you in this organization. It is shown once."),
        ),
    )

    name = forms.CharField(label=_("What it is for"), max_length=100)
    days = forms.IntegerField(label=_("Days it works"), min_value=1, max_value=365, initial=90)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing the token may do.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(one.value, one.label) for one in Permission if can(actor, one)]  # type: ignore[attr-defined]


def _revoke_token(request: HttpRequest, actor: Actor, token: ApiToken) -> str:
    revoke_own_token(user=actor.user, token_id=token.pk, asked_with=getattr(request, "token_id", None))
    return gettext("The token no longer works.")


def token_is_live(token: ApiToken) -> bool:
    return token.revoked_at is None and token.expires_at > timezone.now()


def scopes_in_words(token: ApiToken) -> str:
    """What the token is limited to, as people would say it."""
    if token.scopes is None:
        return gettext("all that your role may")
    return "; ".join(str(one.label) for one in Permission if one.value in token.scopes)


@admin.register(ApiToken)
class ApiTokenAdmin(ScopedModelAdmin):
    """Only the person's own tokens of the organization in scope; nobody sees another's."""

    write_permission = Permission.JOBS_READ
    changes = False
    nav = NavEntry("own", 1, _("API tokens"))
    icon = "token"
    intro = _("Your own keys for scripts. Each acts as you, in this organization only.")
    add_label = _("New token")
    empty_title = _("You have no API tokens")
    empty_text = _("Make one when a script should create jobs or fetch results for you.")
    list_display = ("name", "starts_with", "state", "last_used", "until")
    ordering = ("-created_at",)
    change_form_template = "admin/manage/facts_page.html"
    object_actions = (
        ObjectAction(
            "revoke",
            _("Revoke"),
            Permission.JOBS_READ,
            _revoke_token,
            confirm=_("Scripts that use this token stop working at once. This cannot be undone."),
            available=token_is_live,
            style="danger",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        own = super().get_queryset(request).filter(user=actor_of(request).user)
        return tokens_within_reach(own, getattr(request, "token_id", None))

    @admin.display(description=_("starts with"))
    def starts_with(self, token: ApiToken) -> str:
        return format_html("<code>{}…</code>", token.prefix)

    @admin.display(description=_("state"))
    def state(self, token: ApiToken) -> str:
        if token.revoked_at is not None:
            return badge(_("revoked"))
        return badge(_("works"), "success") if token_is_live(token) else badge(_("run out"))

    @admin.display(description=_("last used (UTC)"), ordering="last_used_at")
    def last_used(self, token: ApiToken) -> str:
        return token.last_used_at.strftime("%Y-%m-%d %H:%M") if token.last_used_at else gettext("never")

    @admin.display(description=_("works until"), ordering="expires_at")
    def until(self, token: ApiToken) -> str:
        return token.expires_at.strftime("%Y-%m-%d")

    def build_form(self, request: HttpRequest, obj: Any | None, data: Any = None, files: Any = None) -> ServiceForm:
        return TokenForm(data, actor=actor_of(request), initial={} if obj is None else {"name": obj.name})

    def apply(self, request: HttpRequest, actor: Actor, obj: Any | None, form: ServiceForm) -> Any:
        data = form.cleaned_data
        token, secret = create_own_token(
            user=actor.user,
            name=data["name"],
            days=data["days"],
            scopes=data["scopes"],
            made_with=getattr(request, "token_id", None),
        )
        token.secret = secret  # type: ignore[attr-defined]  # for this one answer
        return token

    def response_saved(self, request: HttpRequest, obj: Any, added: bool) -> HttpResponse:
        lead = gettext("Send it with each request as “Authorization: Bearer …”. It works until %(until)s.")
        return self.secret_page(
            request,
            title=gettext("The token is ready"),
            label=gettext("API token"),
            secret=obj.secret,
            lead=lead % {"until": self.until(obj)},
        )

    def page_context(self, request: HttpRequest, obj: Any | None, form: ServiceForm) -> dict[str, Any]:
        if obj is None:
            return {}
        facts = [
            (_("State"), self.state(obj)),
            (_("Starts with"), self.starts_with(obj)),
            (_("May"), scopes_in_words(obj)),
            (_("Last used (UTC)"), self.last_used(obj)),
            (_("Works until"), self.until(obj)),
        ]
        return {"title": obj.name, "facts": facts}
