from django.db import migrations, models

# Who is signed in while this is installed stays so. Whose a session is, is known from its next write on.
COPY_SQL = """
INSERT INTO accounts_session (session_key, session_data, expire_date)
SELECT session_key, session_data, expire_date FROM django_session ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_token_scopes"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SignedInSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("user_id", models.UUIDField(db_index=True, null=True)),
                ("chosen", models.UUIDField(null=True)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "accounts_session",
                "abstract": False,
            },
        ),
        migrations.RunSQL(COPY_SQL, migrations.RunSQL.noop),
    ]
