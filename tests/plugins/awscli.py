"""Amazon's own command line, in an environment of its own: it pins versions of libraries that the product has, too.

Locked in tests/emulators, installed into `.venv-aws` by whoever needs it first.
"""

import fcntl
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from maskwright.supervise.setup import ROOT, digest, read

_FOLDER = Path(__file__).resolve().parents[1] / "emulators"
_LOCK = _FOLDER / "awscli.lock"
_VENV = ROOT / ".venv-aws"


@pytest.fixture(scope="session")
def aws_command() -> Path:
    """The program `aws`."""
    stamp, wanted = _VENV / ".maskwright-lock", digest([_LOCK], sys.version)
    with _LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test processes installs
        if read(stamp) != wanted:
            venv.create(_VENV, clear=True, with_pip=True, symlinks=True)
            options = ["--require-hashes", "--no-deps", "--disable-pip-version-check", "--no-input", "--quiet"]
            command = [str(_VENV / "bin" / "python"), "-m", "pip", "install", *options, "--requirement", str(_LOCK)]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
            stamp.write_text(wanted)
    return _VENV / "bin" / "aws"


def environment(folder: Path, key_id: str, secret: str) -> dict[str, str]:
    """What `aws` may know: its key, and nothing of the person's own configuration."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
