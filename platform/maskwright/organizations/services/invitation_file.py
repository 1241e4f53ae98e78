"""Invitations from a CSV file: name, e-mail, role, teams, skills; read whole before anything is made or sent.

    name,email,role,teams,skills
    Ada Lovelace,ada@example.com,labeler,Streets|Parks,roads:80|trees
    Grace Hopper,grace@example.com,reviewer,Streets,

Only `email` is needed. Without a role somebody is a labeler, without a level a skill counts in full. Commas or
semicolons separate columns, a bar separates what stands in one column. Every violation is told at once, with the number
of its line.
"""

import csv
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from maskwright.accounts.models import User
from maskwright.audit.record import record
from maskwright.core.errors import FieldProblem, Invalid
from maskwright.core.scope import current_scope
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.permissions import Role
from maskwright.organizations.services.invitation_places import Skill, places, skill_problems, team_problems
from maskwright.organizations.services.invitations import create_invitation
from maskwright.organizations.services.membership import acting_role

COLUMNS = ("name", "email", "role", "teams", "skills")
MOST_LINES = 1000
_MOST_TOLD = 200
_BETWEEN = "|"


@dataclass(frozen=True)
class InvitedPerson:
    """One line of a file. `replaces`: an open link for the same address, which ends when this one is made."""

    line: int
    name: str
    email: str
    role: str
    teams: list[str]
    team_ids: list[uuid.UUID]
    skills: list[Skill]
    replaces: bool = False

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)

    @property
    def skills_in_words(self) -> str:
        return ", ".join(f"{skill['name']} {skill['level']}" for skill in self.skills)


@dataclass(frozen=True)
class MadeInvitation:
    person: InvitedPerson
    invitation: Invitation
    secret: str


@dataclass
class _Reading:
    """What is known while the lines are read, and what is wrong with them."""

    teams: dict[str, tuple[uuid.UUID, str]]
    members: dict[str, bool]
    invited: set[str]
    may_invite_owners: bool
    problems: list[FieldProblem] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)


def read_invitation_file(text: str) -> list[InvitedPerson]:
    """The people of a file, in its order. Raises Invalid with all violations; `path` is `line.<number>.<column>`."""
    lines = list(_lines(text))
    reading = _Reading(
        teams={name.casefold(): (identity, name) for identity, name in places().teams()},
        members=_members(),
        invited=_open_addresses(),
        may_invite_owners=acting_role() == Role.OWNER,
    )
    people = [_person(number, cells, reading) for number, cells in lines]
    if reading.problems:
        raise _refused(reading.problems)
    return people


def invite_from_file(*, text: str, created_by: User, days: int = 14) -> list[MadeInvitation]:
    """Make an invitation for each line, all or none; each is sent where mail is configured. Raises Invalid."""
    people = read_invitation_file(text)
    _end_replaced({person.email.casefold() for person in people if person.replaces})
    return [
        MadeInvitation(
            person,
            *create_invitation(
                role=person.role,
                created_by=created_by,
                email=person.email,
                days=days,
                display_name=person.name,
                work_team_ids=person.team_ids,
                skills=person.skills,
            ),
        )
        for person in people
    ]


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Number and cells of each line that is not empty; raises Invalid where the file is no such table."""
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    header: list[str] | None = None
    count = 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if header is None:
                header = _header(cells, reader.line_num)
                continue
            count += 1
            if count > MOST_LINES:
                text = _("A file has at most %(most)d people. Split it.") % {"most": MOST_LINES}
                raise _refused([FieldProblem(f"line.{reader.line_num}", "too_many", text)])
            if len(cells) > len(header):
                cells = [*cells[: len(header)], ""] if not any(cells[len(header) :]) else cells
            yield reader.line_num, {**dict(zip(header, cells, strict=False)), **_excess(header, cells)}
    except csv.Error as error:
        problem = FieldProblem(f"line.{reader.line_num}", "unreadable", _("This line cannot be read as CSV."))
        raise _refused([problem]) from error
    if count == 0:
        text = _("The file names nobody. Its first line is: %(columns)s.") % {"columns": ",".join(COLUMNS)}
        raise _refused([FieldProblem("csv", "empty", text)])


def _excess(header: list[str], cells: list[str]) -> dict[str, str]:
    return {"": _BETWEEN.join(cells[len(header) :])} if any(cells[len(header) :]) else {}


def _header(cells: list[str], line: int) -> list[str]:
    names = [cell.casefold().replace("-", "") for cell in cells]
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or "email" not in names or len(set(names)) != len(names):
        text = _("The first line names the columns: email, and any of name, role, teams, skills, each once.")
        raise _refused([FieldProblem(f"line.{line}", "columns", text)])
    return names


def _person(line: int, cells: dict[str, str], reading: _Reading) -> InvitedPerson:
    def wrong(column: str, code: str, message: str) -> None:
        reading.problems.append(FieldProblem(f"line.{line}.{column}", code, message))

    if "" in cells:
        wrong("columns", "columns", _("This line has more columns than the first one."))
    name, email = " ".join(cells.get("name", "").split()), cells.get("email", "")
    if len(name) > 100:
        wrong("name", "length", _("A name has at most 100 characters."))
    _check_address(line, email, reading)
    role = _role(cells.get("role", ""))
    if role is None:
        wrong("role", "unknown", _("Roles are: %(known)s.") % {"known": ", ".join(Role.values)})
    elif role == Role.OWNER and not reading.may_invite_owners:
        wrong("role", "not_allowed", _("Only an owner can invite an owner."))
    named = [part.strip() for part in cells.get("teams", "").split(_BETWEEN) if part.strip()]
    for missing in [team for team in named if team.casefold() not in reading.teams]:
        wrong("teams", "not_found", _("There is no work team named %(name)s.") % {"name": missing[:63]})
    teams = dict(reading.teams[team.casefold()] for team in named if team.casefold() in reading.teams)
    if role is not None:
        reading.problems += team_problems(role, list(teams), f"line.{line}.teams")
    skills = _skills(cells.get("skills", ""))
    reading.problems += skill_problems(skills, f"line.{line}.skills")
    return InvitedPerson(
        line=line,
        name=name,
        email=email,
        role=role or Role.LABELER,
        teams=list(teams.values()),
        team_ids=list(teams),
        skills=skills,
        replaces=email.casefold() in reading.invited,
    )


def _check_address(line: int, email: str, reading: _Reading) -> None:
    key, path = email.casefold(), f"line.{line}.email"
    try:
        validate_email(email)
    except ValidationError:
        reading.problems.append(FieldProblem(path, "not_an_address", _("That is no e-mail address.")))
        return
    if key in reading.seen:
        text = _("The address stands in line %(line)d already.") % {"line": reading.seen[key]}
        reading.problems.append(FieldProblem(path, "twice", text))
    reading.seen.setdefault(key, line)
    if key in reading.members:
        text = (
            _("This person is a member already. Leave the line out.")
            if reading.members[key]
            else _("This person was deactivated. Leave the line out, and reactivate the member instead.")
        )
        reading.problems.append(FieldProblem(path, "member", text))


def _role(written: str) -> str | None:
    """A role by its code, or by its name in English or the reader's language."""
    if not written:
        return Role.LABELER
    for role in Role:
        with translation.override("en"):
            english = str(role.label)
        if written.casefold() in (role.value, english.casefold(), str(role.label).casefold()):
            return role.value
    return None


def _skills(written: str) -> list[Skill]:
    found = []
    for part in (part.strip() for part in written.split(_BETWEEN)):
        if part:
            name, separator, level = part.rpartition(":")
            number = level.strip()
            if separator:
                found.append(
                    {
                        "name": name.strip(),
                        "level": int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else -1,
                    }
                )
            else:
                found.append({"name": part, "level": 100})
    return found


def _members() -> dict[str, bool]:
    """The organization's people by address, and whether each is active."""
    rows = Membership.objects.filter(organization_id=current_scope().organization_id).exclude(user__email="")
    return {email.casefold(): is_active for email, is_active in rows.values_list("user__email", "is_active")}


def _open_invitations_by_address() -> "list[tuple[uuid.UUID, str]]":
    open_ones = Invitation.objects.filter(
        organization_id=current_scope().organization_id, revoked_at=None, used=0, expires_at__gt=timezone.now()
    ).exclude(email="")
    return list(open_ones.values_list("pk", "email"))


def _open_addresses() -> set[str]:
    return {email.casefold() for _identity, email in _open_invitations_by_address()}


def _end_replaced(addresses: set[str]) -> None:
    for identity, email in _open_invitations_by_address():
        if email.casefold() in addresses:
            Invitation.objects.filter(pk=identity, revoked_at=None).update(revoked_at=timezone.now())
            record("invitation.revoked", "invitation", identity)


def _refused(problems: list[FieldProblem]) -> Invalid:
    told = tuple(problems[:_MOST_TOLD])
    return Invalid(_("Nobody was invited: please correct the file first."), fields=told)
