"""`manage.py generate_messages`: the TypeScript types of all socket messages, from the Python classes."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import module_has_submodule

from maskwright.core.messages import Message, field_names, message_kinds

PATH = settings.ROOT / "frontend" / "src" / "shared" / "messages.generated.ts"


class Command(BaseCommand):
    help = "Writes frontend/src/shared/messages.generated.ts; with --check only says whether it is up to date."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail when the file is out of date.")

    def handle(self, *args: Any, check: bool, **options: Any) -> str:
        wanted = typescript()
        name = PATH.relative_to(settings.ROOT)
        if PATH.is_file() and PATH.read_text("utf-8") == wanted:
            return f"{name} is up to date."
        if check:
            raise CommandError(f"{name} is out of date. Run `manage.py generate_messages` and commit it.")
        PATH.write_text(wanted, "utf-8")
        return f"Wrote {name}."


def typescript() -> str:
    """The file's whole text; kinds are in the order of their types, so that it changes only with them."""
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "messages"):
            __import__(f"{app.name}.messages")
    kinds = [kind for _, kind in sorted(message_kinds().items())]
    parts = [
        "/**\n"
        " * Hints that come over the sockets: ids only; what they mean now is asked by HTTP.\n"
        " * Written by `manage.py generate_messages` from the apps' messages.py. Do not edit.\n"
        " */\n"
    ]
    parts += [_interface(kind) for kind in kinds]
    names = "".join(f"\n  | {kind.__name__}" for kind in kinds)
    parts.append(f"export type Message ={names};\n")
    return "\n".join(parts)


def _interface(kind: type[Message]) -> str:
    ids = "; ".join(f"readonly {name}: string" for name in field_names(kind))
    data = f"{{ {ids} }}" if ids else "Readonly<Record<string, never>>"
    return (
        f"export interface {kind.__name__} {{\n"
        f'  readonly type: "{kind.type}";\n'
        f"  readonly version: {kind.version};\n"
        f"  readonly data: {data};\n"
        "}\n"
    )
