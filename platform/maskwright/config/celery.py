"""The Celery application: its queues and settings. What it runs stands in `tasks`, which workers load by name."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")

from celery import Celery  # the paths above come first
from kombu import Queue

from maskwright.config import env

# By name: the tasks send messages themselves, so they import this module.
app = Celery("maskwright", include=["maskwright.config.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")

QUEUES = ("interactive", "distribute", "ingest", "consolidate", "export", "outside", "maintenance")

app.conf.update(
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="distribute",
    task_acks_late=True,
    task_reject_on_worker_lost=True,  # safe: starts are counted in the database
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    task_serializer="json",
    accept_content=["json"],
    task_soft_time_limit=1700,
    task_time_limit=1800,
    broker_connection_retry_on_startup=True,
    beat_sync_every=1,  # so that the age of its file tells whether beat works
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    },
    beat_schedule={
        # The reaper acts within a second; this finds what a crash between two of its steps left.
        "reconcile": {"task": "maskwright.reconcile", "schedule": float(env.number("RECONCILE_SECONDS", 20))},
        # A minute is soon enough for who is not at work: he is told in digests of ten.
        "tell": {"task": "maskwright.tell", "schedule": 60.0},
        # Done messages and ended sessions are of no use after a day; hourly keeps each sweep small.
        "sweep": {"task": "maskwright.sweep", "schedule": 3600.0},
    },
)
