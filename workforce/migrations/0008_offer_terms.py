from django.db import migrations, models

KEEPS_TERMS_SQL = """
CREATE OR REPLACE FUNCTION work_grant_keeps_sides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app_org() <> OLD.organization_id AND (
    to_jsonb(NEW) - '{state,version,decline_reason}'::text[]
      IS DISTINCT FROM to_jsonb(OLD) - '{state,version,decline_reason}'::text[]
    OR OLD.state <> 'offered' OR NEW.state NOT IN ('accepted', 'declined')
    OR (NEW.state = 'accepted' AND NEW.decline_reason <> OLD.decline_reason)
  ) THEN
    RAISE EXCEPTION 'a vendor may only accept or decline an offer' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (NEW.vendor_id, NEW.work_queue_id, NEW.title, NEW.accept_by, NEW.price_per_object, NEW.price_per_hour,
      NEW.currency, NEW.purchase_cap, NEW.quality_terms, NEW.minimum_gold_iou)
    IS DISTINCT FROM
     (OLD.vendor_id, OLD.work_queue_id, OLD.title, OLD.accept_by, OLD.price_per_object, OLD.price_per_hour,
      OLD.currency, OLD.purchase_cap, OLD.quality_terms, OLD.minimum_gold_iou) THEN
    RAISE EXCEPTION 'the terms of an offer stay as they are' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""

SIDES_ONLY_SQL = """
CREATE OR REPLACE FUNCTION work_grant_keeps_sides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF app_org() <> OLD.organization_id AND (
    to_jsonb(NEW) - '{state,version}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{state,version}'::text[]
    OR OLD.state <> 'offered' OR NEW.state NOT IN ('accepted', 'declined')
  ) THEN
    RAISE EXCEPTION 'a vendor may only accept or decline an offer' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Offers have terms, which nobody changes once they are offered: other terms are another offer."""

    dependencies = [
        ("workforce", "0007_distribution"),
    ]

    operations = [
        migrations.AddField(
            model_name="workgrant",
            name="accept_by",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="currency",
            field=models.CharField(blank=True, default="", max_length=3),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="decline_reason",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="minimum_gold_iou",
            field=models.DecimalField(blank=True, decimal_places=3, max_digits=4, null=True),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="price_per_hour",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="price_per_object",
            field=models.DecimalField(blank=True, decimal_places=4, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="purchase_cap",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddField(
            model_name="workgrant",
            name="quality_terms",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="workgrant",
            name="state",
            field=models.CharField(
                choices=[
                    ("offered", "offered"),
                    ("accepted", "accepted"),
                    ("declined", "declined"),
                    ("expired", "expired"),
                    ("withdrawn", "withdrawn"),
                    ("revoked", "revoked"),
                ],
                default="offered",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="workgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("price_per_object__isnull", True), ("price_per_object__gte", 0), _connector="OR"),
                    models.Q(("price_per_hour__isnull", True), ("price_per_hour__gte", 0), _connector="OR"),
                    models.Q(("price_per_object__isnull", True), ("price_per_hour__isnull", True), _connector="OR"),
                    models.Q(("purchase_cap__isnull", True), ("purchase_cap__gt", 0), _connector="OR"),
                ),
                name="work_grant_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="workgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("currency__regex", "^[A-Z]{3}$"),
                    models.Q(
                        ("currency", ""),
                        ("price_per_hour__isnull", True),
                        ("price_per_object__isnull", True),
                        ("purchase_cap__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="work_grant_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="workgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("minimum_gold_iou__isnull", True),
                    models.Q(("minimum_gold_iou__gte", 0), ("minimum_gold_iou__lte", 1)),
                    _connector="OR",
                ),
                name="work_grant_gold_iou",
            ),
        ),
        migrations.RunSQL(KEEPS_TERMS_SQL, SIDES_ONLY_SQL),
    ]
