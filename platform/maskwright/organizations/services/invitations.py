"""Invitations: a link that can be copied, with a role, an end and a number of seats."""

import hashlib
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, FieldProblem, Invalid, NotFound
from maskwright.core.ids import uuid7
from maskwright.core.outbox import Message, emit
from maskwright.core.scope import current_scope, organization_scope
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.invitation_places import Skill, places, skill_problems, team_problems
from maskwright.organizations.services.membership import add_member, require_owner_for


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _secret_of(invitation_id: uuid.UUID) -> str:
    """The secret of an invitation, from its random id and the installation's key: mails need no copy of it stored."""
    digest = salted_hmac("maskwright.invitation", str(invitation_id), algorithm="sha256").digest()
    return urlsafe_b64encode(digest[:24]).decode()


def invitation_link(secret: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('invitation_accept', args=[secret])}"


def create_invitation(
    *,
    role: str,
    created_by: User | None,
    email: str = "",
    seats: int = 1,
    days: int = 14,
    display_name: str = "",
    work_team_ids: Sequence[uuid.UUID] = (),
    skills: Sequence[Skill] = (),
) -> tuple[Invitation, str]:
    """Return the invitation and the secret of its link, which is shown to its maker and then never again.

    With an `email` only that address may accept, and it is sent the link where mail is configured. Raises Invalid with
    all problems, NotAllowed when somebody who is no owner invites an owner.
    """
    email, display_name = email.strip(), " ".join(display_name.split())
    work_team_ids = list(dict.fromkeys(work_team_ids))
    problems = [
        *_input_problems(role, email, seats, days, display_name),
        *team_problems(role, work_team_ids, "work_teams"),
        *skill_problems(skills, "skills"),
    ]
    if problems:
        raise Invalid(_("The invitation cannot be made like this."), fields=tuple(problems))
    require_owner_for(role)
    scope = current_scope()
    identity = uuid7()
    secret = _secret_of(identity)
    invitation = Invitation.objects.create(
        id=identity,
        organization_id=scope.organization_id,
        role=role,
        email=email,
        seats=seats,
        display_name=display_name,
        work_team_ids=work_team_ids,
        skills=[{"name": str(skill["name"]).strip(), "level": skill["level"]} for skill in skills],
        hash=_hash(secret),
        created_by=created_by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    record("invitation.created", "invitation", invitation.pk, role=role, seats=seats)
    if email and settings.EMAIL_CONFIGURED:
        emit(Message("invitation.mail", scope.organization_id, {"invitation_id": str(invitation.pk)}))
    return invitation, secret


def _input_problems(role: str, email: str, seats: int, days: int, display_name: str) -> list[FieldProblem]:
    problems = []
    if role not in Role.values:
        problems.append(FieldProblem("role", "unknown", _("Roles are: %(known)s.") % {"known": ", ".join(Role.values)}))
    if not 1 <= seats <= 1000:
        problems.append(FieldProblem("seats", "range", _("An invitation has 1 to 1000 seats.")))
    if not 1 <= days <= 90:
        problems.append(FieldProblem("days", "range", _("An invitation lives 1 to 90 days.")))
    if len(display_name) > 100:
        problems.append(FieldProblem("name", "length", _("A name has at most 100 characters.")))
    if email and seats > 1:
        problems.append(FieldProblem("seats", "one_address", _("An invitation for one address has one seat.")))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            problems.append(FieldProblem("email", "not_an_address", _("That is no e-mail address.")))
    return problems


def mail_invitation(*, invitation_id: uuid.UUID) -> None:
    """Send an invitation's link to its address; nothing when it was revoked, used or has run out meanwhile."""
    secret = _secret_of(invitation_id)
    try:
        invitation = find_invitation(secret)
    except NotFound:
        return
    context = {
        "organization": invitation.organization,
        "invitation": invitation,
        "url": invitation_link(secret),
        "expires_at": invitation.expires_at,
    }
    subject = render_to_string("invitations/email/invitation_subject.txt", context).strip()
    send_mail(subject, render_to_string("invitations/email/invitation_message.txt", context), None, [invitation.email])


def find_invitation(secret: str) -> Invitation:
    """The invitation of a link while it can be used; NotFound, with the reason, otherwise."""
    invitation = Invitation.objects.select_related("organization").filter(hash=_hash(secret)).first()
    if invitation is None or invitation.revoked_at is not None or not invitation.organization.is_active:
        raise NotFound(_("This invitation does not exist any more. Ask for a new one."))
    if invitation.expires_at <= timezone.now():
        raise NotFound(_("This invitation has run out. Ask for a new one."))
    if invitation.used >= invitation.seats:
        raise NotFound(_("All seats of this invitation are taken. Ask for a new one."))
    return invitation


def accept_invitation(*, secret: str, user: User) -> Membership:
    """Join the organization; accepting again as a member changes nothing and takes no seat."""
    with transaction.atomic():
        invitation = find_invitation(secret)
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        invitation = find_invitation(secret)
        if invitation.email and invitation.email.lower() != user.email.lower():
            raise Conflict(
                _("This invitation is for %(email)s. Sign in with that address.") % {"email": invitation.email}
            )
        with organization_scope(invitation.organization_id, user_id=user.pk):
            membership = Membership.objects.filter(user=user, is_active=True).first()
            if membership is not None:
                return membership
            _refuse_deactivated(user, invitation)
            membership = add_member(user=user, role=invitation.role)
            Invitation.objects.filter(pk=invitation.pk).update(used=invitation.used + 1)
            places().join(user, invitation.team_ids, invitation.skills)
    return membership


def _refuse_deactivated(user: User, invitation: Invitation) -> None:
    """Who was deactivated comes back only if somebody decides so: by an invitation made since, for him alone."""
    former = Membership.objects.filter(user=user, is_active=False).first()
    if former is None or former.deactivated_at is None:
        return
    if not invitation.email or invitation.created_at <= former.deactivated_at:
        raise Conflict(
            _("Your membership in %(organization)s was deactivated. Ask a manager there to reactivate it.")
            % {"organization": invitation.organization.name}
        )


def revoke_invitation(*, invitation_id: uuid.UUID) -> None:
    scope = current_scope()
    changed = Invitation.objects.filter(
        pk=invitation_id, organization_id=scope.organization_id, revoked_at=None
    ).update(revoked_at=timezone.now())
    if not changed:
        raise NotFound(_("There is no such open invitation."))
    record("invitation.revoked", "invitation", invitation_id)


def open_invitations() -> QuerySet[Invitation]:
    """The organization's invitations that were not revoked, newest first."""
    return (
        Invitation.objects.filter(organization_id=current_scope().organization_id, revoked_at=None)
        .select_related("created_by")
        .order_by("-created_at")
    )
