"""Inviting many people from a file: chosen or pasted, looked at, then sent; nothing is made before."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from maskwright.core.errors import DomainError, FieldProblem
from maskwright.organizations.admin_forms import Section, ServiceForm
from maskwright.organizations.admin_parts import actor_of, may
from maskwright.organizations.permissions import Permission
from maskwright.organizations.services.invitation_file import invite_from_file, read_invitation_file
from maskwright.organizations.services.invitations import invitation_link

if TYPE_CHECKING:
    from maskwright.organizations.admin_base import ScopedModelAdmin

EXAMPLE = "name,email,role,teams,skills\nAda Lovelace,ada@example.com,labeler,Streets|Parks,roads:80|trees\n"
_MOST_BYTES = 1_000_000
_COLUMNS = {
    "name": _("name"),
    "email": _("e-mail"),
    "role": _("role"),
    "teams": _("teams"),
    "skills": _("skills"),
}


class InvitationFileForm(ServiceForm):
    sections = (
        Section(
            _("Who is invited"),
            ("file", "csv", "days"),
            _("You see what will happen before anything is sent. Each person gets a link of his own."),
        ),
    )

    file = forms.FileField(
        label=_("CSV file"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"})
    )
    csv = forms.CharField(
        label=_("Or the lines themselves"),
        required=False,
        strip=False,
        max_length=_MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mw-mono"}),
        help_text=_(
            "First line: email, and any of name, role, teams, skills. Teams and skills are separated by bars; a "
            "skill's level (0 to 100) stands behind a colon."
        ),
    )
    days = forms.IntegerField(label=_("Days the links work"), min_value=1, max_value=90, initial=14)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if upload := data.get("file"):
            data["csv"] = self._text_of(upload)
        elif not (data.get("csv") or "").strip() and "csv" not in self.errors:
            self.add_error("file", gettext("Choose a file, or paste its lines below."))
        return data

    def _text_of(self, upload: Any) -> str:
        if upload.size > _MOST_BYTES:
            self.add_error("file", gettext("The file is larger than 1 MB. Split it."))
            return ""
        try:
            text: str = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", gettext("The file is no UTF-8 text. Save it as “CSV UTF-8”."))
            return ""
        if "\0" in text:
            self.add_error("file", gettext("The file is no text."))
        return text

    def add_domain_error(self, error: DomainError) -> None:
        """Here every problem belongs to a line, which is named in words."""
        self.refusal = error.message
        for problem in error.fields:
            self.add_error(None, in_words(problem))


def in_words(problem: FieldProblem) -> str:
    head, _line, rest = problem.path.partition(".")
    if head != "line":
        return problem.message
    number, _column, column = rest.partition(".")
    if column in _COLUMNS:
        place = gettext("Line %(line)s, %(column)s") % {"line": number, "column": _COLUMNS[column]}
    else:
        place = gettext("Line %(line)s") % {"line": number}
    return f"{place}: {problem.message}"


class InvitationFilePage:
    """Three answers at one address: the form, the preview, and the links that were made."""

    def __init__(self, page: "ScopedModelAdmin") -> None:
        self.page = page

    def answer(self, request: HttpRequest) -> HttpResponse:
        if not may(request, Permission.MEMBERS_MANAGE):
            raise PermissionDenied
        if request.method != "POST":
            return self._respond(request, InvitationFileForm(initial={"csv": ""}))
        form = InvitationFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._respond(request, form)
        try:
            if request.POST.get("step") == "send":
                return self._send(request, form)
            people = read_invitation_file(form.cleaned_data["csv"])
        except DomainError as error:
            form.add_domain_error(error)
            return self._respond(request, form)
        title = ngettext("Invite %(count)d person?", "Invite %(count)d people?", len(people)) % {"count": len(people)}
        return self._respond(
            request, form, people=people, title=title, csv=form.cleaned_data["csv"], days=form.cleaned_data["days"]
        )

    def _send(self, request: HttpRequest, form: InvitationFileForm) -> HttpResponse:
        with transaction.atomic():
            made = invite_from_file(
                text=form.cleaned_data["csv"], created_by=actor_of(request).user, days=form.cleaned_data["days"]
            )
        rows = [(one.person, invitation_link(one.secret)) for one in made]
        title = ngettext("%(count)d person is invited", "%(count)d people are invited", len(rows))
        return self._respond(request, form, made=rows, title=title % {"count": len(rows)})

    def _respond(self, request: HttpRequest, form: InvitationFileForm, **context: Any) -> HttpResponse:
        base = {
            **self.page.admin_site.each_context(request),
            "title": gettext("Invite people from a file"),
            "opts": self.page.opts,
            "page": self.page,
            "form": form,
            "may_write": True,
            "example": EXAMPLE,
            "email_configured": settings.EMAIL_CONFIGURED,
        }
        return self.page._respond(request, "admin/manage/invitation_file.html", {**base, **context})
