"""What the operator of an installation does: organizations with their first owner, accounts, and their ends."""

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from maskwright.accounts.models import ApiToken, User
from maskwright.accounts.services.sessions import end_sessions
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.outbox import emit, push
from maskwright.core.scope import organization_scope
from maskwright.organizations.middleware import memberships_of
from maskwright.organizations.models import Membership, Organization
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.membership import create_organization, rights_changed


@dataclass(frozen=True)
class Made:
    """A new organization. A new owner has no password yet, unless one was given: hand over a link."""

    organization: Organization
    owner: User
    is_new_owner: bool


def create_organization_with_owner(
    *, name: str, owner_username: str, owner_email: str = "", is_vendor: bool = False, password: str | None = None
) -> Made:
    """Make an organization; its owner is the account of that name, made when there is none.

    A password is set on a new account only: nobody's is changed. Raises Invalid with every problem, Conflict for a
    name that is taken; then nothing is made.
    """
    owner_username, owner_email = owner_username.strip(), owner_email.strip()
    with transaction.atomic():
        owner = User.objects.filter(username__iexact=owner_username).first()
        is_new = owner is None
        if owner is None:
            owner = create_account(username=owner_username, email=owner_email, password=password)
        elif password is not None:
            problem = FieldProblem("password", "has_one", _("Leave the password out; the account keeps its own."))
            raise Invalid(
                _("There is an account named %(username)s already.") % {"username": owner.username}, fields=(problem,)
            )
        organization = create_organization(name=name, is_vendor=is_vendor, owner=owner)
    return Made(organization, owner, is_new)


def create_account(
    *, username: str, email: str = "", display_name: str = "", password: str | None = None, is_operator: bool = False
) -> User:
    """Make an account. Without a password the person sets one by a link. Raises Invalid with every problem."""
    problems = _account_problems(username, email)
    if password is not None:
        try:
            validate_password(password, User(username=username, email=email))
        except ValidationError as error:
            problems += [FieldProblem("password", "weak", message) for message in error.messages]
    if problems:
        raise Invalid(_("The account cannot be made like this."), fields=tuple(problems))
    extra = {"display_name": display_name, "is_superuser": is_operator, "is_staff": is_operator}
    return User.objects.create_user(username, email, password, **extra)


def _account_problems(username: str, email: str) -> list[FieldProblem]:
    problems = []
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        problems.append(FieldProblem("username", "unusable", error.messages[0]))
    if len(username) > 150:
        problems.append(FieldProblem("username", "length", _("A user name has at most 150 characters.")))
    if User.objects.filter(username__iexact=username).exists():
        problems.append(FieldProblem("username", "taken", _("This user name is taken.")))
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            problems.append(FieldProblem("email", "unusable", error.messages[0]))
        if User.objects.filter(email__iexact=email).exists():
            problems.append(FieldProblem("email", "taken", _("Another account has this address.")))
    return problems


def change_organization(*, organization: Organization, changed: list[str]) -> None:
    """Save what the operator changed. Deactivating ends every member's work at once; the data stays."""
    fields = [name for name in ("name", "is_vendor", "is_active") if name in changed]
    if not fields:
        return
    organization.save(update_fields=fields)
    with organization_scope(organization.pk):
        record("organization.changed", "organization", organization.pk, changed=fields)
        if "is_active" in fields and not organization.is_active:
            for membership in Membership.objects.filter(organization_id=organization.pk, is_active=True):
                _end_work(membership)


def end_account(*, user: User) -> None:
    """After an account was deactivated: its sessions, tokens, claims and sockets end in every organization."""
    end_sessions(user_id=user.pk)
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now())
    for membership in memberships_of(user):
        with organization_scope(membership.organization_id):
            record("account.deactivated", "membership", membership.pk)
            _end_work(membership)


def _end_work(membership: Membership) -> None:
    Membership.objects.filter(pk=membership.pk).update(version=F("version") + 1)
    rights_changed(membership.user_id)
    emit(push(membership.organization_id, f"user.{membership.user_id}", "session.ended"))


def owners_of(*, organization: Organization) -> list[User]:
    with organization_scope(organization.pk):
        found = Membership.objects.filter(organization_id=organization.pk, role=Role.OWNER, is_active=True)
        return [membership.user for membership in found.select_related("user").order_by("user__username")]


def organization_names_of(*, user: User) -> list[str]:
    ids = [membership.organization_id for membership in memberships_of(user)]
    return list(Organization.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True))


__all__ = [
    "Made",
    "change_organization",
    "create_account",
    "create_organization_with_owner",
    "end_account",
    "organization_names_of",
    "owners_of",
]
