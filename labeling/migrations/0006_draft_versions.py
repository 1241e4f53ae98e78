import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import maskwright.core.ids
import maskwright.core.models
from maskwright.core.tenancy_operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0005_stages"),
        ("workforce", "0006_stages"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="device",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="draft",
            name="window",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.CreateModel(
            name="DraftVersion",
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
                ("sha256", models.CharField(max_length=64)),
                ("saved_at", models.DateTimeField()),
                ("window", models.CharField(blank=True, max_length=80)),
                ("device", models.CharField(blank=True, max_length=60)),
                (
                    "task",
                    maskwright.core.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="labeling.task",
                    ),
                ),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workforce.worker",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "task", "worker", "sha256"), name="draft_version_once"
                    )
                ],
            },
        ),
        SecureTenantTable("DraftVersion", "granted_write"),
    ]
