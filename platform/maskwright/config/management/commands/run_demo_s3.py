"""`manage.py run_demo_s3`: the demo's S3 endpoint on loopback, with the buckets `in` and `out`."""

import contextlib
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from maskwright.config.demo.s3.server import serve
from maskwright.config.demo.s3.store import Store, StoreError
from maskwright.config.demo.storage import BUCKETS, secret_of


class Command(BaseCommand):
    help = (
        "Serves the demo's buckets until SIGTERM or SIGINT, to the demo customer's access keys. No production storage."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address to listen on (default: loopback only).")
        parser.add_argument("--port", type=int, required=True)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> str:
        folder = settings.MASKWRIGHT_HOME / "demo-s3"
        store = Store(folder)
        for name in BUCKETS:
            with contextlib.suppress(StoreError):  # it is there
                store.make_bucket(name)
        self.stdout.write(f"The demo's S3 endpoint on http://{host}:{port}, buckets {' and '.join(BUCKETS)}.")
        try:
            serve(folder, secret_of, host=host, port=port)
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port} ({error}). Choose another --port.") from error
        return "Ended."
