from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0014_team_groups")]

    operations = [
        migrations.AddField(
            model_name="workqueue",
            name="availability_seconds",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
