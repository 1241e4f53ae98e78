"""The operator's pages: organizations with their owners, and accounts. Nothing of what organizations own.

No form here names `is_superuser`, `is_staff` or permissions: who runs the installation is decided on its server.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from maskwright.accounts.models import User
from maskwright.accounts.second_factor import has_second_factor, remove_second_factor
from maskwright.core.errors import DomainError
from maskwright.organizations.admin_sites import operator_site
from maskwright.organizations.models import Organization
from maskwright.organizations.operator_forms import AddOrganizationForm, AddUserForm, OrganizationForm, UserForm
from maskwright.organizations.services import operators
from maskwright.organizations.services.passwords import issue_password_link

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class _OperatorPage(_ModelAdmin):
    """Nothing is deleted here: deactivating can be taken back, and history keeps its names."""

    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A service's refusal shows as a message; its transaction is undone, so nothing is half-made."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            for text in [error.message, *(problem.message for problem in error.fields)]:
                messages.error(request, text)
            return HttpResponseRedirect(request.get_full_path())


@admin.register(Organization, site=operator_site)
class OrganizationAdmin(_OperatorPage):
    list_display = ("name", "is_vendor", "is_active", "created_at")
    list_filter = ("is_vendor", "is_active")
    search_fields = ("name", "slug", "account_id")
    ordering = ("name",)
    readonly_fields = ("slug", "account_id", "created_at", "owners")

    @admin.display(description=_("owners"))
    def owners(self, organization: Organization) -> str:
        """Each with a button for a new link: the one from the organization's making may have run out unused."""
        found = operators.owners_of(organization=organization)
        rows = ((f"{one.get_full_name()} ({one.username})", self._link_button(one)) for one in found)
        return format_html_join("", "<p>{} {}</p>", rows) or str(_("none"))

    @staticmethod
    def _link_button(owner: User) -> str:
        if not owner.is_active:
            return ""
        action = reverse("operator:accounts_user_password_link", args=[owner.pk])
        button = '<button class="mw-button" formmethod="post" formnovalidate formaction="{}">{}</button>'
        return format_html(button, action, _("Make a password link"))

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        if obj is None:
            return ["name", "is_vendor", "owner_username", "owner_email"]
        return ["name", "is_vendor", "is_active", "owners", "slug", "account_id", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Organization | None = None) -> tuple[str, ...]:
        return () if obj is None else self.readonly_fields

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = AddOrganizationForm if obj is None else OrganizationForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        if change:
            operators.change_organization(organization=obj, changed=form.changed_data)
            return
        made = operators.create_organization_with_owner(
            name=form.cleaned_data["name"],
            is_vendor=form.cleaned_data["is_vendor"],
            owner_username=form.cleaned_data["owner_username"],
            owner_email=form.cleaned_data["owner_email"],
        )
        obj.pk, obj.slug, obj.account_id = made.organization.pk, made.organization.slug, made.organization.account_id
        obj._state.adding = False
        if made.is_new_owner:
            link = issue_password_link(made.owner)
            text = str(_("Hand this link to the owner {}. It works once, until {} UTC: {}"))
            message = format_html(text, made.owner.username, f"{link.expires_at:%Y-%m-%d %H:%M}", link.url)
            messages.info(request, message)


@admin.register(User, site=operator_site)
class UserAdmin(_OperatorPage):
    list_display = ("username", "display_name", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    readonly_fields = ("is_superuser", "last_login", "date_joined", "organizations", "protected")
    change_form_template = "admin/operator/user.html"

    @admin.display(description=_("organizations"))
    def organizations(self, user: User) -> str:
        return ", ".join(operators.organization_names_of(user=user)) or str(_("none"))

    @admin.display(description=_("second factor"), boolean=True)
    def protected(self, user: User) -> bool:
        return has_second_factor(user)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        editable = ["username", "display_name", "email"]
        return editable if obj is None else [*editable, "is_active", *self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return () if obj is None else self.readonly_fields

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = AddUserForm if obj is None else UserForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        obj.save()
        if "is_active" in form.changed_data and not obj.is_active:
            operators.end_account(user=obj)

    def get_urls(self) -> list[URLPattern]:
        link = path(
            "<uuid:user_id>/password-link/",
            self.admin_site.admin_view(self.password_link),
            name="accounts_user_password_link",
        )
        factor = path(
            "<uuid:user_id>/second-factor/",
            self.admin_site.admin_view(self.remove_second_factor),
            name="accounts_user_second_factor",
        )
        return [link, factor, *super().get_urls()]

    @method_decorator([require_POST, never_cache])
    def remove_second_factor(self, request: HttpRequest, user_id: Any) -> HttpResponse:
        """For somebody who lost telephone and recovery codes and belongs to several organizations, or none."""
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            raise Http404
        if remove_second_factor(user):
            messages.success(request, _("The password alone signs this person in now; open sessions were ended."))
        else:
            messages.info(request, _("This account has no second factor."))
        return HttpResponseRedirect(reverse("operator:accounts_user_change", args=[user.pk]))

    @method_decorator([require_POST, never_cache])
    def password_link(self, request: HttpRequest, user_id: Any) -> HttpResponse:
        """Show, once, a link by which the person sets a password."""
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("Password link"),
            "opts": self.opts,
            "person": user,
            "link": issue_password_link(user),
        }
        return TemplateResponse(request, "admin/operator/password_link.html", context)
