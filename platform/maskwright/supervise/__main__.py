"""``python -m maskwright.supervise run | prepare-database | role NAME | health NAME | doctor``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m maskwright.supervise", description="Run an installation.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything and keep it alive until Ctrl-C")
    commands.add_parser(
        "prepare-database",
        help="create or repair roles, database and grants on your own server (DATABASE_SUPERUSER_URL)",
    )
    for name, text in (
        ("role", "become one process of a production installation, as containers do"),
        ("health", "exit with 0 when that process does its work"),
    ):
        commands.add_parser(name, help=text).add_argument("role")
    commands.add_parser("doctor", help="say what is wrong with this installation and what to do")
    options = parser.parse_args(arguments)
    if options.command == "run":
        from .command import run

        return run(os.environ, ROOT)
    if options.command == "prepare-database":
        from .external import prepare_database

        return prepare_database(os.environ)
    if options.command in {"role", "health"}:
        from . import containers

        act = containers.become if options.command == "role" else containers.health
        return act(options.role, os.environ, ROOT)
    from .doctor import main as doctor

    return doctor(os.environ, ROOT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
