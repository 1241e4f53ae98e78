"""The form that offers a labeling job, or a share of it, to a vendor, with its terms."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.admin.job_fields import set_choices
from maskwright.organizations.admin_forms import Section, ServiceForm, utc_input
from workforce.selectors import vendor_list


def _money(label: Any, places: int, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=places, min_value=0, required=False, help_text=help_text
    )


class OfferForm(ServiceForm):
    sections = (
        Section(
            _("Offer"),
            ("vendor", "title", "share", "preview", "accept_by", "starts_at", "expires_at"),
            _(
                "The vendor sees this offer only until it accepts; then instructions and counts. Its labelers see one "
                "photo at a time; you see them by a number. You can end it at any moment."
            ),
        ),
        Section(
            _("Terms"),
            (
                "price_per_object",
                "price_per_hour",
                "currency",
                "purchase_cap",
                "quality_terms",
                "minimum_gold_iou",
            ),
            _("They stay as they are once offered; other terms are another offer. Leave out what you have not agreed."),
        ),
    )

    vendor = forms.TypedChoiceField(label=_("Vendor"), coerce=uuid.UUID)
    title = forms.CharField(label=_("What is offered"), max_length=128, help_text=_("Read before it is accepted."))
    share = forms.IntegerField(
        label=_("Share in percent"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("The job is shared out by it. Leave empty to let the vendor work on all of it."),
    )
    preview = forms.BooleanField(label=_("The vendor's managers may look at photos"), required=False)
    accept_by = forms.DateTimeField(label=_("To be answered by (UTC)"), required=False, widget=utc_input())
    starts_at = forms.DateTimeField(label=_("From (UTC)"), required=False, widget=utc_input())
    expires_at = forms.DateTimeField(label=_("Until (UTC)"), required=False, widget=utc_input())
    price_per_object = _money(_("Price per accepted object"), 4, _("Either this or a price per hour."))
    price_per_hour = _money(_("Price per hour"), 4)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    purchase_cap = _money(_("Bought up to"), 2, _("The most that is paid for all of it."))
    quality_terms = forms.CharField(
        label=_("Quality terms"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    minimum_gold_iou = forms.DecimalField(
        label=_("Least IoU on gold objects"), max_digits=4, decimal_places=3, min_value=0, max_value=1, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "vendor", [(str(vendor.pk), vendor.name) for vendor in vendor_list()])

    def clean(self) -> dict[str, Any]:
        """A currency without an amount says nothing; it is offered as the usual one."""
        data = super().clean() or self.cleaned_data
        amounts = ("price_per_object", "price_per_hour", "purchase_cap")
        if not any(data.get(name) is not None for name in amounts):
            data["currency"] = ""
        return data
