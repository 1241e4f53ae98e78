from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0006_draft_versions")]

    operations = [
        migrations.AddField(
            model_name="upload",
            name="purpose",
            field=models.CharField(
                choices=[("photos", "photos"), ("instructions", "pictures of instructions")],
                db_default="photos",
                default="photos",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", "instructions")),
                fields=("organization_id",),
                name="upload_of_instructions_once",
            ),
        ),
        # Words only: an open photo is not being labeled before somebody holds it.
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
                ],
                default="waiting",
                max_length=15,
            ),
        ),
    ]
