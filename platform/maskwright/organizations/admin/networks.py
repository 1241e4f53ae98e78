"""The managers' page of the networks from which labelers may work."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.errors import DomainError
from maskwright.organizations.admin_base import may
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.networks import address_of, is_allowed
from maskwright.organizations.permissions import Permission
from maskwright.organizations.services.networks import labeler_networks, set_labeler_networks

if TYPE_CHECKING:
    from maskwright.organizations.admin_base import ScopedModelAdmin


class NetworksForm(ServiceForm):
    sections = (
        Section(
            _("Networks"),
            ("networks",),
            _("Labelers and reviewers work from these networks only. Owners, managers and auditors are not bound."),
        ),
    )

    networks = forms.CharField(
        label=_("One on each line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Such as 203.0.113.0/24, 2001:db8::/32, or one address. Leave empty for everywhere."),
    )

    def add_domain_error(self, error: DomainError) -> None:
        for problem in error.fields:
            self.add_error("networks", problem.message)


class NetworksPage:
    def __init__(self, page: "ScopedModelAdmin") -> None:
        self.page = page

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not may(request, Permission.MEMBERS_MANAGE):
            raise PermissionDenied
        if request.method != "POST":
            return self._respond(request, NetworksForm(initial={"networks": "\n".join(labeler_networks())}))
        form = NetworksForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    set_labeler_networks(form.cleaned_data["networks"].splitlines())
            except DomainError as error:
                form.add_domain_error(error)
            else:
                messages.success(request, gettext("The networks were saved; they hold from now on."))
                return HttpResponseRedirect(request.path)
        return self._respond(request, form)

    def _respond(self, request: HttpRequest, form: NetworksForm) -> HttpResponse:
        address = address_of(request)
        context: dict[str, Any] = {
            **self.page.admin_site.each_context(request),
            "title": gettext("Networks of labelers"),
            "opts": self.page.opts,
            "page": self.page,
            "form": form,
            "may_write": True,
            "address": address,
            "is_inside": is_allowed(address, labeler_networks()),
        }
        return self.page._respond(request, "admin/manage/networks.html", context)
