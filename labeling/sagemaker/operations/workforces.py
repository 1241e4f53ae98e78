"""The private workforce: one for each organization, under the name that CreateWorkforce gives it."""

from typing import Any

from django.utils import timezone

from labeling.models import ResourceTag, TagOf, WorkforceDetail
from labeling.sagemaker.arns import workforce_arn
from labeling.sagemaker.errors import ApiError, InUse, LimitExceeded, ValidationFailed
from labeling.sagemaker.oidc import EXTRA, forget_oidc, use_oidc
from labeling.sagemaker.operation import Answer, Call, operation
from labeling.sagemaker.operations.tags import put_tags
from labeling.sagemaker.pages import list_page, with_token
from labeling.sagemaker.rules import at_most_members, exactly_one, unique_tags
from labeling.sagemaker.teams import sub_domain
from maskwright.audit.record import record
from maskwright.core.crypto import encrypt_json
from maskwright.organizations.permissions import Permission
from maskwright.organizations.services.networks import labeler_networks, set_labeler_networks
from workforce.models import WorkTeam
from workforce.services.teams import private_workforce

DEFAULT = "default"
PURPOSE = "workforce-oidc"
_KEPT = ("CognitoConfig", "OidcConfig", "WorkforceVpcConfig", "IpAddressType")
_NETWORKS = at_most_members("SourceIpConfig.Cidrs", 10)
#: Kept and shown, but without effect so far.
_NOT_ENFORCED = ("CognitoConfig", "WorkforceVpcConfig", "IpAddressType")


def named_workforce() -> WorkforceDetail | None:
    """The workforce, once it has its name."""
    return WorkforceDetail.objects.first()


def ensure_workforce(name: str | None) -> WorkforceDetail:
    """The workforce a new team belongs to. Without a name there it is called `default`, as a first team's is on AWS."""
    found = named_workforce()
    if found is None:
        if name is not None and name.lower() != DEFAULT:
            raise ValidationFailed(f"The workforce {name} does not exist.")
        return _create(DEFAULT, {})
    if name is not None and name.lower() != found.name.lower():
        raise ValidationFailed(f"The workforce {name} does not exist.")
    return found


def _create(name: str, given: dict[str, Any]) -> WorkforceDetail:
    settings, secret = _split(given)
    detail = WorkforceDetail.objects.create(
        workforce=private_workforce(), name=name, settings=settings, client_secret=secret, updated_at=timezone.now()
    )
    record("workforce.named", "workforce", detail.workforce_id, name=name)
    return detail


def _split(given: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What is shown again, and the client secret of OpenID Connect, encrypted."""
    settings = {key: given[key] for key in _KEPT if key in given}
    if "OidcConfig" not in settings:
        return settings, b""
    oidc = dict(settings["OidcConfig"])
    secret = encrypt_json({"client_secret": oidc.pop("ClientSecret")}, purpose=PURPOSE)
    return settings | {"OidcConfig": oidc}, secret


def _there(name: str) -> WorkforceDetail:
    found = WorkforceDetail.objects.select_for_update().filter(name__iexact=name).first()
    if found is None:
        raise ValidationFailed(f"The workforce {name} does not exist.")
    return found


def _set_networks(given: dict[str, Any]) -> None:
    if "SourceIpConfig" in given:
        set_labeler_networks(given["SourceIpConfig"]["Cidrs"])


def _describe(account: str, detail: WorkforceDetail) -> dict[str, Any]:
    networks = labeler_networks()
    ignored = [name for name in _NOT_ENFORCED if name in detail.settings]
    ignored += [EXTRA] if detail.settings.get("OidcConfig", {}).get("AuthenticationRequestExtraParams") else []
    return {
        "WorkforceName": detail.name,
        "WorkforceArn": workforce_arn(account, detail.name),
        "LastUpdatedDate": detail.updated_at,
        "CreateDate": detail.created_at,
        "SubDomain": sub_domain(),
        "Status": "Active",
        **({"SourceIpConfig": {"Cidrs": networks}} if networks else {}),
        **detail.settings,
        **({"NotYetEnforced": ignored} if ignored else {}),
    }


@operation(
    Permission.MEMBERS_MANAGE,
    writes=True,
    rules=[exactly_one("", "CognitoConfig", "OidcConfig"), _NETWORKS, unique_tags],
)
def create_workforce(call: Call) -> Answer:
    given = call.request
    if (found := named_workforce()) is not None:
        raise LimitExceeded(
            f"You can only create one workforce in each AWS Region per AWS account. The workforce {found.name} exists; "
            f"delete it first."
        )
    _set_networks(given)
    if "OidcConfig" in given:
        use_oidc(given["OidcConfig"])
    detail = _create(given["WorkforceName"], given)
    put_tags(TagOf.WORKFORCE, detail.workforce_id, given.get("Tags", []))
    return {"WorkforceArn": workforce_arn(call.account, detail.name)}


@operation(Permission.JOBS_READ)
def describe_workforce(call: Call) -> Answer:
    name = call.request["WorkforceName"]
    found = WorkforceDetail.objects.filter(name__iexact=name).first()
    if found is None:
        raise ValidationFailed(f"The workforce {name} does not exist.")
    return {"Workforce": _describe(call.account, found)}


@operation(Permission.JOBS_READ)
def list_workforces(call: Call) -> Answer:
    text = call.request.get("NameContains", "").lower()
    found = [one for one in WorkforceDetail.objects.all() if text in one.name.lower()]
    page, token = list_page(call, found, key=lambda one: (one.name.lower(), str(one.pk)), descending=False)
    return with_token({"Workforces": [_describe(call.account, one) for one in page]}, token)


@operation(Permission.MEMBERS_MANAGE, writes=True, rules=[_NETWORKS])
def update_workforce(call: Call) -> Answer:
    """Networks hold at once. OpenID Connect is only changed while there is no work team."""
    given = call.request
    detail = _there(given["WorkforceName"])
    if "OidcConfig" in given:
        if WorkTeam.objects.filter(workforce=detail.workforce).exists():
            message = "The OIDC configuration can only be changed while the workforce has no work teams."
            raise ApiError(message, code="ConflictException")
        if "CognitoConfig" in detail.settings:
            raise ValidationFailed(
                "A workforce of Amazon Cognito cannot be changed to OIDC. Delete it and make another."
            )
        use_oidc(given["OidcConfig"], replaces=detail.settings.get("OidcConfig"))
    _set_networks(given)
    settings, secret = _split(given)
    detail.settings = detail.settings | settings
    detail.client_secret = secret or detail.client_secret
    detail.updated_at = timezone.now()
    detail.save()
    return {"Workforce": _describe(call.account, detail)}


@operation(Permission.MEMBERS_MANAGE, writes=True)
def delete_workforce(call: Call) -> Answer:
    """Only its name and configuration go, and with it the identity provider; people stay members of the organization.
    Refused while there are teams."""
    detail = _there(call.request["WorkforceName"])
    if WorkTeam.objects.filter(workforce=detail.workforce).exists():
        raise InUse(f"The workforce {detail.name} has work teams. Delete them first.")
    ResourceTag.objects.filter(resource_id=detail.workforce_id).delete()
    forget_oidc(detail.settings.get("OidcConfig", {}))
    record("workforce.unnamed", "workforce", detail.workforce_id, name=detail.name)
    detail.delete()
    return {}
