import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import maskwright.core.ids
import maskwright.core.models
from maskwright.core.tenancy_operations import SecureTenantTable


class Migration(migrations.Migration):
    """Gold tasks' truths, scores of answers, rules and what they did, qualifications."""

    dependencies = [
        ("labeling", "0009_gold"),
        ("workforce", "0013_quality"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerScore",
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
                ("claim_id", models.UUIDField()),
                ("vendor_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("gold", "a gold task's truth"), ("agreement", "the consolidated mask")], max_length=10
                    ),
                ),
                ("mean_iou", models.FloatField()),
                ("accuracy", models.FloatField()),
                ("classes", models.JSONField(default=dict)),
                ("confusions", models.JSONField(default=list)),
                ("scored_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="GoldTask",
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
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("answer", "an answer"),
                            ("consolidated", "the consolidated mask"),
                            ("upload", "an uploaded mask"),
                        ],
                        max_length=12,
                    ),
                ),
                ("origin_item_id", models.UUIDField()),
                ("image_sha256", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("raster_sha256", models.CharField(max_length=64)),
                ("created_by", models.UUIDField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Qualification",
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
                ("mean_iou", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("count", models.PositiveIntegerField()),
                ("has_passed", models.BooleanField()),
                ("skill", models.CharField(max_length=63)),
                ("level", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="QualityEvent",
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
                ("rule_id", models.UUIDField()),
                ("rule", models.JSONField()),
                ("vendor_id", models.UUIDField(null=True)),
                ("value", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("count", models.PositiveIntegerField()),
                ("outcome", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "in effect"), ("undone", "undone")], default="done", max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.UUIDField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="QualityRule",
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
                ("number", models.PositiveSmallIntegerField()),
                ("collector", models.CharField(max_length=20)),
                ("condition", models.CharField(max_length=20)),
                ("limit", models.FloatField()),
                ("at_least", models.PositiveSmallIntegerField(default=1)),
                ("collector_settings", models.JSONField(default=dict)),
                ("action", models.CharField(max_length=20)),
                ("action_settings", models.JSONField(default=dict)),
                ("is_active", models.BooleanField(default=True)),
            ],
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="gold_rate",
            field=models.FloatField(db_default=0.1, default=0.1),
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="is_qualification",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="qualification_iou",
            field=models.FloatField(db_default=0.7, default=0.7),
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="qualification_skill",
            field=models.CharField(blank=True, db_default="", default="", max_length=63),
        ),
        migrations.AddConstraint(
            model_name="labelingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("gold_rate__gte", 0), ("gold_rate__lte", 1)), name="labeling_job_gold_rate"
            ),
        ),
        migrations.AddConstraint(
            model_name="labelingjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("qualification_iou__gte", 0), ("qualification_iou__lte", 1)),
                name="labeling_job_qualification_iou",
            ),
        ),
        migrations.AddField(
            model_name="answerscore",
            name="annotation",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="scores",
                to="labeling.annotation",
            ),
        ),
        migrations.AddField(
            model_name="answerscore",
            name="job",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="labeling.labelingjob",
            ),
        ),
        migrations.AddField(
            model_name="answerscore",
            name="worker",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workforce.worker",
            ),
        ),
        migrations.AddField(
            model_name="goldtask",
            name="job",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="gold_tasks",
                to="labeling.labelingjob",
            ),
        ),
        migrations.AddField(
            model_name="goldtask",
            name="task",
            field=maskwright.core.models.TenantOneToOneField(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="gold",
                to="labeling.task",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="job",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="qualifications",
                to="labeling.labelingjob",
            ),
        ),
        migrations.AddField(
            model_name="qualification",
            name="worker",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workforce.worker",
            ),
        ),
        migrations.AddField(
            model_name="qualityevent",
            name="job",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="quality_events",
                to="labeling.labelingjob",
            ),
        ),
        migrations.AddField(
            model_name="qualityevent",
            name="worker",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="workforce.worker",
            ),
        ),
        migrations.AddField(
            model_name="qualityrule",
            name="job",
            field=maskwright.core.models.TenantForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="quality_rules",
                to="labeling.labelingjob",
            ),
        ),
        migrations.AddIndex(
            model_name="answerscore",
            index=models.Index(fields=["job", "worker", "kind", "-scored_at"], name="answer_score_person"),
        ),
        migrations.AddConstraint(
            model_name="answerscore",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "annotation", "kind"), name="answer_score_once"
            ),
        ),
        migrations.AddIndex(
            model_name="goldtask",
            index=models.Index(fields=["organization_id", "sha256"], name="gold_blob"),
        ),
        migrations.AddConstraint(
            model_name="goldtask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("organization_id", "job", "image_sha256"),
                name="gold_photo_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualification",
            constraint=models.UniqueConstraint(fields=("organization_id", "job", "worker"), name="qualification_once"),
        ),
        migrations.AddIndex(
            model_name="qualityevent",
            index=models.Index(fields=["job", "-at"], name="quality_event_job"),
        ),
        migrations.AddIndex(
            model_name="qualityevent",
            index=models.Index(fields=["worker", "rule_id", "-at"], name="quality_event_person"),
        ),
        migrations.AddIndex(
            model_name="qualityrule",
            index=models.Index(fields=["job", "number"], name="quality_rule_job"),
        ),
        SecureTenantTable("GoldTask", "own"),
        SecureTenantTable("QualityRule", "own"),
        # The customer's, and readable by the vendor whose people they are about.
        SecureTenantTable("AnswerScore", "vendor_read"),
        SecureTenantTable("QualityEvent", "vendor_read"),
        SecureTenantTable("Qualification", "vendor_read"),
    ]
