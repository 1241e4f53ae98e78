from django.db import migrations, models

SIDES_SQL = """
DROP POLICY tenant_insert ON workforce_workgrant;
CREATE POLICY tenant_insert ON workforce_workgrant FOR INSERT WITH CHECK (organization_id = app_org());

CREATE FUNCTION work_grant_keeps_sides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app_org() <> OLD.organization_id AND (
    to_jsonb(NEW) - '{state,version}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{state,version}'::text[]
    OR OLD.state <> 'offered' OR NEW.state NOT IN ('accepted', 'declined')
  ) THEN
    RAISE EXCEPTION 'a vendor may only accept or decline an offer' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER work_grant_sides BEFORE UPDATE ON workforce_workgrant
  FOR EACH ROW EXECUTE FUNCTION work_grant_keeps_sides();
"""

NO_SIDES_SQL = """
DROP TRIGGER work_grant_sides ON workforce_workgrant;
DROP FUNCTION work_grant_keeps_sides();
DROP POLICY tenant_insert ON workforce_workgrant;
CREATE POLICY tenant_insert ON workforce_workgrant FOR INSERT
  WITH CHECK (organization_id = app_org() OR vendor_id = app_org());
"""


class Migration(migrations.Migration):
    """A vendor answers an offer and does nothing else to a grant: not even raw SQL lets it grant itself a queue."""

    dependencies = [("workforce", "0002_tenancy")]

    operations = [
        migrations.AddField(
            model_name="workgrant",
            name="title",
            field=models.CharField(blank=True, default="", max_length=128),
        ),
        migrations.RunSQL(SIDES_SQL, NO_SIDES_SQL),
    ]
