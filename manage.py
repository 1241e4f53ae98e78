#!/usr/bin/env python
"""Django's command line, with `platform/` as a source root (it is not a package itself)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FOR_OPERATORS = (["create_organization"], ["password_link"])
LOOK = "Is Maskwright running, and MASKWRIGHT_HOME as it was for `make run`? `manage.py doctor` says what is wrong."
sys.path.insert(0, str(ROOT / "platform"))


def main() -> None:
    from maskwright.supervise.local_environment import adopt

    # A command in a second terminal means the installation that `make run` keeps in this data folder. The doctor
    # judges the environment itself, as it is.
    if sys.argv[1:2] != ["doctor"]:
        adopt(os.environ, ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from maskwright.config.env import EnvironmentProblem

    try:
        execute_from_command_line(sys.argv)
    except EnvironmentProblem as error:
        sys.exit(f"The environment needs a change: {error}")
    except OperationalError as error:
        if sys.argv[1:2] not in FOR_OPERATORS:
            raise
        sys.exit(f"The database does not answer ({error}). {LOOK}")


if __name__ == "__main__":
    main()
