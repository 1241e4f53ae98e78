"""Throw-away servers with a real installation's settings (fsync, append-only file), and Django, for a benchmark."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]


def start() -> None:
    """Start PostgreSQL and Valkey, migrate, set Django up. Everything ends with the process."""
    import atexit

    from maskwright.supervise.testing import session_services

    services = session_services(durable=True)
    atexit.register(services.stop)
    home = tempfile.mkdtemp(prefix="maskwright-bench-")
    os.environ.update(
        DATABASE_URL=services.app_url,
        DATABASE_OWNER_URL=services.owner_url,
        DATABASE_OPS_URL=services.ops_url,
        REDIS_URL=services.redis_url,
        MASKWRIGHT_HOME=home,
        SECRET_KEY="only-for-benchmarks-" + "x" * 40,
        DJANGO_SETTINGS_MODULE="maskwright.config.settings",
        LOG_LEVEL="ERROR",
        ALLOWED_HOSTS="testserver",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    _empty()


def _empty() -> None:
    """Benchmarks of one run share the servers; each begins with empty tables."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        )
        cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def row(name: str, seconds: list[float]) -> str:
    p50, p95 = (quantile(seconds, share) * 1000 for share in (0.5, 0.95))
    return f"{name:<44} n={len(seconds):<5} p50 {p50:7.2f} ms   p95 {p95:7.2f} ms   max {max(seconds) * 1000:7.2f} ms"
