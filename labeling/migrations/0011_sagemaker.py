import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import maskwright.core.ids
import maskwright.core.models
from maskwright.core.tenancy_operations import SecureTenantTable

COUNTS_SQL = """
CREATE FUNCTION labeling_count_task() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  done_by integer := (NEW.state = 'done')::integer;
  failed_by integer := (NEW.state = 'failed')::integer;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    done_by := done_by - (OLD.state = 'done')::integer;
    failed_by := failed_by - (OLD.state = 'failed')::integer;
  END IF;
  INSERT INTO labeling_jobcount AS counted
    (id, organization_id, job_id, work_queue_id, shard, done, failed)
  VALUES (gen_random_uuid(), NEW.organization_id, NEW.job_id, NEW.work_queue_id, pg_backend_pid() % 16,
    done_by, failed_by)
  ON CONFLICT (organization_id, job_id, shard)
  DO UPDATE SET done = counted.done + EXCLUDED.done, failed = counted.failed + EXCLUDED.failed;
  RETURN NULL;
END $$;
CREATE TRIGGER task_counted AFTER UPDATE OF state ON labeling_task FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND (OLD.state IN ('done', 'failed') OR NEW.state IN ('done', 'failed')))
  EXECUTE FUNCTION labeling_count_task();
CREATE TRIGGER task_counted_new AFTER INSERT ON labeling_task FOR EACH ROW
  WHEN (NEW.state IN ('done', 'failed')) EXECUTE FUNCTION labeling_count_task();
"""
NO_COUNTS_SQL = """
DROP TRIGGER task_counted_new ON labeling_task;
DROP TRIGGER task_counted ON labeling_task;
DROP FUNCTION labeling_count_task();
"""
#: The jobs there are. The policies bind the owner, too, and he is in no organization.
COUNT_SQL = """
ALTER TABLE labeling_task NO FORCE ROW LEVEL SECURITY;
INSERT INTO labeling_jobcount (id, organization_id, job_id, work_queue_id, shard, done, failed)
SELECT gen_random_uuid(), organization_id, job_id, work_queue_id, 0,
  count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'failed')
FROM labeling_task WHERE state IN ('done', 'failed') GROUP BY organization_id, job_id, work_queue_id;
ALTER TABLE labeling_task FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """What the SageMaker API keeps beside our own rows; a job's counts; roles of storage connections."""

    dependencies = [
        ("labeling", "0010_quality"),
        ("workforce", "0013_quality"),
    ]

    operations = [
        migrations.AddField(
            model_name="labelingjob",
            name="stop_after_objects",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="stop_after_percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="storageconnection",
            name="is_default",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="storageconnection",
            name="role_arn",
            field=models.CharField(blank=True, db_default="", default="", max_length=2048),
        ),
        migrations.CreateModel(
            name="LabelingRequest",
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
                ("request", models.JSONField()),
                (
                    "job",
                    maskwright.core.models.TenantOneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="labeling_request",
                        to="labeling.labelingjob",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ResourceTag",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("labeling-job", "Labeling Job"),
                            ("workteam", "Workteam"),
                            ("workforce", "Workforce"),
                            ("human-task-ui", "Human Task Ui"),
                        ],
                        max_length=20,
                    ),
                ),
                ("resource_id", models.UUIDField()),
                ("key", models.CharField(max_length=128)),
                ("value", models.CharField(blank=True, max_length=256)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "resource_id", "key"), name="resource_tag_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SageMakerCall",
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
                ("call", models.CharField(max_length=100)),
                ("signature", models.CharField(max_length=64)),
                ("operation", models.CharField(max_length=60)),
                ("body_sha256", models.CharField(max_length=64)),
                ("answer", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization_id", "signature"], name="sagemaker_signature"),
                    models.Index(fields=["organization_id", "created_at"], name="sagemaker_call_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "call"), name="sagemaker_call_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskUi",
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
                ("name", models.CharField(max_length=63)),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization_id", "name"), name="task_ui_name_once")],
            },
        ),
        migrations.CreateModel(
            name="TeamDetail",
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
                ("settings", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField()),
                (
                    "work_team",
                    maskwright.core.models.TenantOneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sagemaker_detail",
                        to="workforce.workteam",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="JobCount",
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
                ("shard", models.PositiveSmallIntegerField()),
                ("done", models.IntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                (
                    "job",
                    maskwright.core.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts",
                        to="labeling.labelingjob",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "job", "shard"), name="job_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkforceDetail",
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
                ("name", models.CharField(max_length=63)),
                ("settings", models.JSONField(default=dict)),
                ("client_secret", models.BinaryField(default=b"")),
                ("updated_at", models.DateTimeField()),
                (
                    "workforce",
                    maskwright.core.models.TenantOneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sagemaker_detail",
                        to="workforce.workforce",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization_id"),
                        django.db.models.functions.text.Lower("name"),
                        name="workforce_detail_name",
                    )
                ],
            },
        ),
        migrations.RunSQL(COUNT_SQL, migrations.RunSQL.noop),
        SecureTenantTable("JobCount", "granted_write"),
        SecureTenantTable("LabelingRequest", "own"),
        SecureTenantTable("ResourceTag", "own"),
        SecureTenantTable("SageMakerCall", "own"),
        SecureTenantTable("TaskUi", "own"),
        SecureTenantTable("TeamDetail", "own"),
        SecureTenantTable("WorkforceDetail", "own"),
        migrations.RunSQL(COUNTS_SQL, NO_COUNTS_SQL),
    ]
