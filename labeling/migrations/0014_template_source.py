from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0013_prior_labels"),
    ]

    operations = [
        migrations.AddField(
            model_name="tasktemplateversion",
            name="source",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="jobrevision",
            name="source",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="jobrevision",
            name="is_framed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="jobrevision",
            name="template_input",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
