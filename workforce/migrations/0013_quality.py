import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Qualification queues, where skills come from, two kinds of notices."""

    dependencies = [
        ("workforce", "0012_gold_and_pauses"),
    ]

    operations = [
        migrations.AddField(
            model_name="personskill",
            name="changed_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="personskill",
            name="source",
            field=models.CharField(
                choices=[
                    ("hand", "given by hand"),
                    ("qualification", "earned by a qualification"),
                    ("gold", "computed from gold tasks"),
                ],
                db_default="hand",
                default="hand",
                max_length=15,
            ),
        ),
        migrations.AddField(
            model_name="workqueue",
            name="is_qualification",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("available", "work is available"),
                    ("returned", "an answer came back"),
                    ("paused", "somebody was paused in a job"),
                    ("quality", "a quality rule acted"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="noticechoice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("available", "work is available"),
                    ("returned", "an answer came back"),
                    ("paused", "somebody was paused in a job"),
                    ("quality", "a quality rule acted"),
                ],
                max_length=12,
            ),
        ),
    ]
