"""The page of the hosts from which task templates may load; an owner changes them, managers see them."""

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
from maskwright.organizations.permissions import Permission
from maskwright.organizations.services.template_hosts import set_template_hosts, template_hosts

if TYPE_CHECKING:
    from maskwright.organizations.admin_base import ScopedModelAdmin


class HostsForm(ServiceForm):
    sections = (
        Section(
            _("External hosts"),
            ("hosts",),
            _(
                "A template in Liquid is shown in a frame that loads nothing from elsewhere. Scripts, styles and "
                "pictures of the hosts named here are let in; each of them learns who labels, and when."
            ),
        ),
    )

    hosts = forms.CharField(
        label=_("One on each line"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Such as cdn.example.org or *.example.org; https only. Leave empty for none."),
    )

    def add_domain_error(self, error: DomainError) -> None:
        for problem in error.fields:
            self.add_error("hosts", problem.message)


class HostsPage:
    def __init__(self, page: "ScopedModelAdmin") -> None:
        self.page = page

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not may(request, Permission.JOBS_READ):
            raise PermissionDenied
        if request.method != "POST":
            return self._respond(request, HostsForm(initial={"hosts": "\n".join(template_hosts())}))
        if not may(request, Permission.HOSTS_MANAGE):
            raise PermissionDenied
        form = HostsForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    set_template_hosts(form.cleaned_data["hosts"].splitlines())
            except DomainError as error:
                form.add_domain_error(error)
            else:
                messages.success(request, gettext("The hosts were saved; they hold for tasks that open from now on."))
                return HttpResponseRedirect(request.path)
        return self._respond(request, form)

    def _respond(self, request: HttpRequest, form: HostsForm) -> HttpResponse:
        may_write = may(request, Permission.HOSTS_MANAGE)
        if not may_write:
            form.make_read_only()
        context: dict[str, Any] = {
            **self.page.admin_site.each_context(request),
            "title": gettext("External hosts of task templates"),
            "opts": self.page.opts,
            "page": self.page,
            "form": form,
            "may_write": may_write,
        }
        return self.page._respond(request, "admin/manage/template_hosts.html", context)
