from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_token_ends_with_its_maker")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, db_default="", default="", max_length=10),
        ),
    ]
