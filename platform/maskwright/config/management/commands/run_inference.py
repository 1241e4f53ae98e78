"""`manage.py run_inference`: the process that answers auto-segmentation over HTTP on loopback."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.autosegmentation.registry import DEFAULT_BACKEND
from labeling.autosegmentation.server import serve


class Command(BaseCommand):
    help = "Serves auto-segmentation until SIGTERM or SIGINT. It has no database and keeps nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: loopback only).")
        parser.add_argument("--port", type=int, default=8090)
        parser.add_argument("--backend", default=DEFAULT_BACKEND, help="Which model answers.")
        parser.add_argument("--workers", type=int, default=2, help="How many images are worked on at a time.")

    def handle(self, *args: Any, host: str, port: int, backend: str, workers: int, **options: Any) -> str:
        self.stdout.write(f"Inference ({backend}) on http://{host}:{port}.")
        try:
            serve(port, host=host, backend=backend, workers=workers)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port} ({error}). Choose another --port.") from error
        return "Inference ended."
