from django.db import migrations, models


class Migration(migrations.Migration):
    """Tasks and photos of gold tasks, which are none of a job's own."""

    dependencies = [("labeling", "0008_withdrawals")]

    operations = [
        migrations.RemoveConstraint(model_name="dataobject", name="data_object_once"),
        migrations.AddField(
            model_name="dataobject",
            name="is_gold",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="dataobject",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_gold", False)),
                fields=("organization_id", "job", "index"),
                name="data_object_index_once",
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("open", "open to labelers"),
                    ("consolidating", "being consolidated"),
                    ("reviewing", "in review"),
                    ("done", "done"),
                    ("failed", "failed"),
                    ("gold", "gold task"),
                ],
                default="waiting",
                max_length=15,
            ),
        ),
    ]
