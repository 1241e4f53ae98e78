"""Storage connections: save with encrypted credentials, test, remove. Credentials never come out again."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.models import LabelingJob, StorageConnection
from labeling.models.storage_connection import StorageKind
from labeling.states import JobState
from labeling.storage.connections import (
    CREDENTIALS,
    SCHEME_OF,
    check_folder,
    container_problem,
    open_connection,
    seal,
)
from labeling.storage.credentials import check_azure_account, check_service_account, read_azure
from labeling.storage.egress import check_endpoint
from maskwright.audit.record import record
from maskwright.core.errors import Conflict, DomainError, FieldProblem, Invalid, NotFound
from maskwright.core.objects import ObjectStore
from maskwright.core.scope import current_scope
from maskwright.core.wording import in_stored_language

_REGION_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+", re.ASCII)
_ENDED = (JobState.STOPPED, JobState.COMPLETED, JobState.FAILED)


def save_storage_connection(
    *,
    connection_id: uuid.UUID | None = None,
    name: str,
    kind: str,
    container: str,
    endpoint: str = "",
    region: str = "",
    credentials: dict[str, str] | None = None,
    is_writable: bool = True,
    role_arn: str = "",
    is_default: bool = False,
) -> StorageConnection:
    """Make a connection, or change one. `credentials` None keeps those that are stored.

    `role_arn`: the IAM role it stands for in the SageMaker API; `is_default`: it stands for every role that none names.
    Credentials must be entered anew when kind or endpoint change: otherwise whoever may edit it could have them
    sent elsewhere. Raises Invalid with every problem at once, NotFound.
    """
    stored = _locked(connection_id) if connection_id else None
    wanted: dict[str, Any] = {
        "name": name.strip(),
        "kind": kind,
        "container": container.strip().rstrip("/") or container.strip(),
        "endpoint": endpoint.strip().rstrip("/"),
        "region": region.strip(),
        "is_writable": is_writable,
        "role_arn": role_arn.strip(),
        "is_default": is_default,
    }
    given = {key: value.strip() for key, value in (credentials or {}).items() if value and value.strip()}
    unread: list[FieldProblem] = []
    if kind == StorageKind.AZURE and given:
        try:
            given, wanted["endpoint"] = read_azure(given, wanted["endpoint"])
        except DomainError as error:
            unread.append(FieldProblem("credentials", error.error_code, error.message))
    problems = [
        *unread,
        *_name_problems(wanted["name"], stored),
        *_place_problems(wanted, stored),
        *_role_problems(wanted["role_arn"]),
        *(() if unread else _credential_problems(wanted, given, stored, entered=credentials is not None)),
    ]
    if problems:
        raise Invalid(_("The storage connection cannot be saved; each reason is listed."), fields=tuple(problems))
    connection = stored or StorageConnection()
    for field, value in wanted.items():
        setattr(connection, field, value)
    if credentials is not None:
        connection.credentials = seal(given)
    connection.tested_at, connection.test_result = None, ""
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:  # somebody else took the name or bucket at the same moment
        raise Invalid(_("Another connection has this name or bucket already."), code="name_taken") from error
    verb = "storage_connection.changed" if stored else "storage_connection.created"
    record(verb, "storage_connection", connection.pk, name=wanted["name"], new_credentials=credentials is not None)
    return connection


def remove_storage_connection(*, connection_id: uuid.UUID) -> None:
    """Forget a connection and its credentials. Refused while a job that has not ended reads or writes there."""
    connection = _locked(connection_id)

    base = f"{SCHEME_OF[connection.kind]}://{connection.container}/"
    jobs = LabelingJob.objects.filter(organization_id=connection.organization_id).exclude(state__in=_ENDED)
    for job in jobs.only("name", "input_uri", "output_uri"):
        if job.input_uri.startswith(base) or job.output_uri.startswith(base):
            raise Conflict(_("The job %(name)s uses this connection. Stop the job first.") % {"name": job.name})
    record("storage_connection.removed", "storage_connection", connection.pk, name=connection.name)
    connection.delete()


@dataclass(frozen=True)
class CheckStep:
    """One thing that was tried: `list`, `write`, `read` or `delete`."""

    step: str
    ok: bool
    message: str


@dataclass(frozen=True)
class CheckReport:
    connection: StorageConnection
    steps: tuple[CheckStep, ...]

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)

    @property
    def message(self) -> str:
        failed = next((step for step in self.steps if not step.ok), None)
        return failed.message if failed else gettext_noop("Everything works.")


def test_connection(*, connection_id: uuid.UUID) -> CheckReport:
    """Try what jobs will do: list, and where it is writable write, read and delete a small object.

    What the storage answered is never repeated, only what it means. Takes some seconds at most.
    """
    connection = _locked(connection_id)
    with in_stored_language():
        try:
            store = open_connection(connection, patient=False)
        except DomainError as error:
            steps: tuple[CheckStep, ...] = (CheckStep("open", False, error.message),)
        else:
            steps = tuple(_try_all(store, connection.is_writable))
    report = CheckReport(connection, steps)
    connection.tested_at, connection.test_result = timezone.now(), report.message
    connection.save(update_fields=["tested_at", "test_result"])
    record("storage_connection.tested", "storage_connection", connection.pk, ok=report.ok)
    return report


def _try_all(store: ObjectStore, is_writable: bool) -> Iterator[CheckStep]:
    """Stops at the first step that fails: the following ones would only say the same."""
    key = f".maskwright-test-{uuid.uuid4().hex}"
    data = b"Written to test this storage connection; may be deleted.\n"

    def read_back() -> None:
        if store.get(key, max_bytes=1000) != data:
            raise Conflict(_("What was written came back changed. Check the storage."))

    actions: list[tuple[str, str, Any]] = [
        ("list", _("Objects can be listed."), lambda: next(iter(store.list("")), None))
    ]
    if is_writable:
        actions += [
            ("write", _("Objects can be written."), lambda: store.put(key, data, content_type="text/plain")),
            ("read", _("Objects can be read."), read_back),
            ("delete", _("Objects can be deleted."), lambda: store.delete(key)),
        ]
    for step, success, action in actions:
        try:
            action()
        except DomainError as error:
            yield CheckStep(step, False, f"{_FAILED[step]} {error.message}")
            return
        yield CheckStep(step, True, success)


_FAILED = {
    "list": gettext_noop("Objects cannot be listed."),
    "write": gettext_noop("Objects cannot be written; make the connection read-only, or allow writing."),
    "read": gettext_noop("Objects cannot be read."),
    "delete": gettext_noop("Objects can be written but not deleted."),
}


def _locked(connection_id: uuid.UUID) -> StorageConnection:
    found: StorageConnection | None = StorageConnection.objects.select_for_update().filter(pk=connection_id).first()
    if found is None:
        raise NotFound(_("There is no such storage connection."))
    return found


def _name_problems(name: str, stored: StorageConnection | None) -> Iterator[FieldProblem]:
    if not 1 <= len(name) <= 100 or "\0" in name:
        yield FieldProblem("name", "bad_name", _("Give the connection a name of 1 to 100 characters."))
        return
    others = StorageConnection.objects.filter(name=name)
    if (others.exclude(pk=stored.pk) if stored else others).exists():
        yield FieldProblem("name", "name_taken", _("Another connection has this name. Choose another one."))


def _place_problems(wanted: dict[str, Any], stored: StorageConnection | None) -> Iterator[FieldProblem]:
    kind, container = wanted["kind"], wanted["container"]
    if kind not in StorageKind.values:
        message = _("There is no kind of storage '%(kind)s'. Kinds are: %(known)s.") % {
            "kind": kind,
            "known": ", ".join(StorageKind.values),
        }
        yield FieldProblem("kind", "unknown_kind", message)
        return
    problem = container_problem(kind, container)
    if problem is not None:
        yield problem
    elif kind == StorageKind.LOCAL:
        try:
            check_folder(container, current_scope().organization_id)
        except DomainError as error:
            yield FieldProblem("container", error.error_code, error.message)
    others = StorageConnection.objects.filter(kind=kind, container=container)
    if (others.exclude(pk=stored.pk) if stored else others).exists():
        yield FieldProblem(
            "container", "container_taken", _("Another connection of yours has this bucket or folder already.")
        )
    if wanted["endpoint"]:
        if kind == StorageKind.LOCAL:
            yield FieldProblem("endpoint", "no_endpoint", _("This kind of storage has no endpoint. Leave it empty."))
        else:
            try:
                check_endpoint(wanted["endpoint"])
            except DomainError as error:
                yield FieldProblem("endpoint", error.error_code, error.message)
    # It becomes part of a host name.
    if len(wanted["region"]) > 40 or not set(wanted["region"]) <= _REGION_CHARS:
        yield FieldProblem(
            "region", "bad_region", _("A region looks like eu-central-1. Leave it empty if you do not know it.")
        )


def _role_problems(role_arn: str) -> Iterator[FieldProblem]:
    if role_arn and not (_ROLE.fullmatch(role_arn) and len(role_arn) <= 2048):
        message = _("A role's ARN looks like arn:aws:iam::123456789012:role/labeling. Leave it empty if you have none.")
        yield FieldProblem("role_arn", "bad_role", message)


def _credential_problems(
    wanted: dict[str, Any], given: dict[str, str], stored: StorageConnection | None, *, entered: bool
) -> Iterator[FieldProblem]:
    kind = wanted["kind"]
    if stored is not None and not entered:
        if stored.credentials and (stored.kind != kind or stored.endpoint != wanted["endpoint"]):
            message = _(
                "Enter the credentials again: kind or endpoint changed, and they may only go where you send them."
            )
            yield FieldProblem("credentials", "enter_again", message)
        return
    known = CREDENTIALS.get(kind, ())
    for name in sorted(set(given) - set(known)):
        message = _("%(kind)s has no credential '%(name)s'. It takes: %(known)s.") % {
            "kind": kind,
            "name": name,
            "known": ", ".join(known) or _("none"),
        }
        yield FieldProblem(f"credentials.{name}", "unknown_credential", message)
    if kind == StorageKind.S3 and bool(given.get("access_key")) != bool(given.get("secret_key")):
        yield FieldProblem("credentials", "incomplete", _("Enter both the access key and the secret key, or neither."))
    if kind == StorageKind.AZURE:
        yield from _azure_problems(given)
    if kind == StorageKind.GCS and given.get("service_account_json"):
        try:
            check_service_account(given["service_account_json"])
        except DomainError as error:
            yield FieldProblem("credentials.service_account_json", error.error_code, error.message)


def _azure_problems(given: dict[str, str]) -> Iterator[FieldProblem]:
    if not given.get("account_name"):
        yield FieldProblem("credentials.account_name", "required", _("Enter the name of the storage account."))
        return
    if given.get("account_key") and given.get("sas_token"):
        yield FieldProblem("credentials", "too_many", _("Enter the account key or a SAS token, not both."))
    try:
        check_azure_account(given["account_name"], given.get("account_key", ""))
    except DomainError as error:
        yield FieldProblem("credentials", error.error_code, error.message)
