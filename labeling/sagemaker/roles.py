"""Which IAM roles this organization knows: those its storage connections stand for, or any, when one is the default."""

from labeling.models import StorageConnection
from labeling.sagemaker.errors import ValidationFailed

UNKNOWN = (
    "The role ARN isn't valid. Make sure the role exists and that its trust relationship policy allows the action "
    '"sts:AssumeRole" for the service principal "sagemaker.amazonaws.com".'
)
_HINT = " On this installation a storage connection stands for a role: give one this ARN, or make one the default."


def check_role(role_arn: str) -> None:
    """Raises ValidationFailed with AWS's message unless a storage connection stands for the role.

    What a role reaches is always the organization's own storage connections, never more.
    """
    connections = StorageConnection.objects.filter(role_arn=role_arn) | StorageConnection.objects.filter(
        is_default=True
    )
    if not connections.exists():
        raise ValidationFailed(UNKNOWN + _HINT)
