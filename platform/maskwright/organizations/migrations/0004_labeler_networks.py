import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0003_invitation_targets"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="labeler_networks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=50), db_default=[], default=list, size=None
            ),
        ),
    ]
