from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0002_tenancy"),
    ]

    operations = [
        migrations.AddField(
            model_name="labelingjob",
            name="manifest_run",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="labelingjob",
            name="manifest_run_until",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="consolidation_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="consolidation_revision",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("organization_id", "job", "consolidation_at"), name="task_consolidation_once"
            ),
        ),
    ]
