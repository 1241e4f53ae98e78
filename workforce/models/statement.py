"""Prices for people, and statements: what was issued stays as it was."""

from typing import ClassVar, Self

from django.db import models

from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.states import Stage, StatementKind


class PayRate(TenantModel):
    """What an employer pays for work claimed from `valid_from` on, until a newer rate of the same scope.

    Scope: a queue (maybe a customer's), a person, both, or neither (everybody, everything); the narrowest that was
    valid wins. Neither price: nothing is paid. Prices have 4 decimals, in `currency`.
    """

    work_queue_id = models.UUIDField(null=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.LABEL)
    price_per_object = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    price_per_hour = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    valid_from = models.DateTimeField()
    created_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(price_per_object__isnull=True) | models.Q(price_per_hour__isnull=True))
                & (models.Q(price_per_object__isnull=True) | models.Q(price_per_object__gte=0))
                & (models.Q(price_per_hour__isnull=True) | models.Q(price_per_hour__gte=0)),
                name="pay_rate_price",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex="^[A-Z]{3}$")
                | models.Q(currency="", price_per_object__isnull=True, price_per_hour__isnull=True),
                name="pay_rate_currency",
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "valid_from"], name="pay_rate_valid")]

    def __str__(self) -> str:
        return f"{self.price_per_object or self.price_per_hour} {self.currency}"


class Statement(TenantModel):
    """What an organization owes a vendor (`vendor_id`, who reads it too) or a labeler (`user`), issued with a number.

    It holds what was worked until `period_to` and stood in no statement before, so a late entry comes with the next.
    """

    kind = models.CharField(max_length=10, choices=StatementKind)
    vendor_id = models.UUIDField(null=True)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    number = models.CharField(max_length=20)
    period_from = models.DateTimeField(null=True)
    period_to = models.DateTimeField()
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()  # in the currency's smallest unit
    issued_by = models.UUIDField(null=True)
    issued_at = models.DateTimeField()

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "number"], name="statement_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind="vendor", vendor_id__isnull=False, user__isnull=True)
                | models.Q(kind="labeler", vendor_id__isnull=True, user__isnull=False),
                name="statement_party",
            ),
        ]
        indexes = [
            models.Index(fields=["organization_id", "-issued_at"], name="statement_latest"),
            models.Index(fields=["vendor_id"], condition=models.Q(vendor_id__isnull=False), name="statement_vendor"),
        ]

    def __str__(self) -> str:
        return self.number


class StatementLine(TenantModel):
    """A frozen line. `quantity`: objects, or seconds where the price is per hour; negative where work counts no more.

    The columns from `work_queue_id` to `unit_price` are the key by which the next statement knows what was issued.
    """

    statement = TenantForeignKey(Statement, related_name="lines")
    vendor_id = models.UUIDField(null=True)
    position = models.PositiveIntegerField()
    work_queue_id = models.UUIDField()
    worker_id = models.UUIDField(null=True)
    work_grant_id = models.UUIDField(null=True)
    stage = models.CharField(max_length=10)
    unit = models.CharField(max_length=10)  # object, hour, cap
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    title = models.CharField(max_length=200)
    worker_code = models.CharField(max_length=40, blank=True)
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    amount = models.BigIntegerField()  # in the currency's smallest unit

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_vendor="vendor_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "statement", "position"], name="statement_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.amount}"
