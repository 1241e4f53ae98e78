"""ARNs: ours name the installation's region and the organization's account; those of any region and account are read.

A script that came from AWS goes on naming its AWS account. What an ARN names is looked up by its last part in the
caller's own organization, so that nothing of another one can be reached.
"""

import re
from dataclasses import dataclass

from django.conf import settings

_ARN = re.compile(r"arn:aws[a-z-]*:sagemaker:([a-z0-9-]*):([0-9]{12}):([a-z-]+)/(.+)", re.DOTALL)
PRIVATE, VENDOR, PUBLIC = "private-crowd", "vendor-crowd", "public-crowd"


@dataclass(frozen=True)
class Arn:
    """`kind` is labeling-job, workteam, workforce or human-task-ui; `name` may hold slashes."""

    account: str
    kind: str
    name: str


def parse_arn(text: str) -> Arn | None:
    found = _ARN.fullmatch(text)
    return Arn(found[2], found[3], found[4]) if found else None


def _arn(account: str, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{settings.SAGEMAKER_REGION}:{account}:{kind}/{name}"


def job_arn(account: str, name: str) -> str:
    return _arn(account, "labeling-job", name)


def team_arn(account: str, name: str) -> str:
    return _arn(account, "workteam", f"{PRIVATE}/{name}")


def vendor_arn(account: str, name: str) -> str:
    return _arn(account, "workteam", f"{VENDOR}/{name}")


def workforce_arn(account: str, name: str) -> str:
    return _arn(account, "workforce", name)


def task_ui_arn(account: str, name: str) -> str:
    return _arn(account, "human-task-ui", name)
