"""The managers' page of who needs a second factor to act in their organization."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.accounts.second_factor import has_second_factor
from maskwright.organizations.admin_base import actor_of, may
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.permissions import Permission, SecondFactor
from maskwright.organizations.second_factor import is_needed
from maskwright.organizations.selectors import members_without_second_factor
from maskwright.organizations.services.second_factor import second_factor_rule, set_second_factor_rule

if TYPE_CHECKING:
    from maskwright.organizations.admin_base import ScopedModelAdmin


class SecondFactorForm(ServiceForm):
    sections = (
        Section(
            _("Second factor"),
            ("required_for",),
            _(
                "Besides the password, signing in asks for a code from an app on the telephone. Who needs one and has "
                "none sets it up before anything else opens."
            ),
        ),
    )

    required_for = forms.ChoiceField(label=_("Who needs one"), choices=SecondFactor.choices, widget=forms.RadioSelect)


class SecondFactorPage:
    def __init__(self, page: "ScopedModelAdmin") -> None:
        self.page = page

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not may(request, Permission.MEMBERS_MANAGE):
            raise PermissionDenied
        form = SecondFactorForm(request.POST or None, initial={"required_for": second_factor_rule()})
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                set_second_factor_rule(form.cleaned_data["required_for"])
            messages.success(request, gettext("Who needs a second factor was saved; it holds from now on."))
            return HttpResponseRedirect(request.path)
        return self._respond(request, form)

    def _respond(self, request: HttpRequest, form: SecondFactorForm) -> HttpResponse:
        assert isinstance(request.user, User)
        role = actor_of(request).role
        context = {
            **self.page.admin_site.each_context(request),
            "title": gettext("Second factor"),
            "opts": self.page.opts,
            "page": self.page,
            "form": form,
            "may_write": True,
            "without": members_without_second_factor(),
            "is_first": is_needed(role, SecondFactor.MANAGERS) and not has_second_factor(request.user),
        }
        return self.page._respond(request, "admin/manage/second_factor.html", context)
