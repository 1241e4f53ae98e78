import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0007_identity_provider"),
    ]

    operations = [
        migrations.AddField(
            model_name="organization",
            name="template_hosts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=260), db_default=[], default=list, size=None
            ),
        ),
    ]
