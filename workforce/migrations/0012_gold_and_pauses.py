import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import maskwright.core.ids
import maskwright.core.models
from maskwright.core.tenancy_operations import SecureTenantTable


class Migration(migrations.Migration):
    """Gold items beside a queue's own, pauses of people."""

    dependencies = [("workforce", "0011_notices")]

    operations = [
        migrations.AlterField(
            model_name="workitem",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting for its turn"),
                    ("open", "being worked on"),
                    ("done", "all answers are in"),
                    ("failed", "cannot be finished"),
                    ("attention", "needs attention"),
                    ("gold", "gold task"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="WorkPause",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=maskwright.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField(editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("vendor_id", models.UUIDField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=1000)),
                ("cause_id", models.UUIDField(null=True)),
                ("created_by", models.UUIDField(null=True)),
                (
                    "work_queue",
                    maskwright.core.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workforce.workqueue",
                    ),
                ),
                (
                    "worker",
                    maskwright.core.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="workforce.worker",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["worker"], name="work_pause_worker")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("organization_id", "work_queue", "worker"),
                        name="work_pause_once",
                    )
                ],
            },
        ),
        SecureTenantTable("WorkPause", "vendor_read"),
    ]
