"""Forms of the operator's admin; each names its fields, so that nothing else can be posted."""

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.organizations.models import Organization

if TYPE_CHECKING:
    _OrganizationModelForm = forms.ModelForm[Organization]
    _UserModelForm = forms.ModelForm[User]
else:
    _OrganizationModelForm = _UserModelForm = forms.ModelForm


class OrganizationForm(_OrganizationModelForm):
    class Meta:
        model = Organization
        fields: tuple[str, ...] = ("name", "is_vendor", "is_active")

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Organization.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is an organization with this name already."))
        return name


class AddOrganizationForm(OrganizationForm):
    owner_username = forms.CharField(
        label=_("Owner's user name"),
        max_length=150,
        help_text=_("An account that exists becomes the owner; otherwise one is made and you get a link to hand over."),
    )
    owner_email = forms.EmailField(label=_("Owner's e-mail"), required=False)

    class Meta(OrganizationForm.Meta):
        fields = ("name", "is_vendor")


class UserForm(_UserModelForm):
    class Meta:
        model = User
        fields: tuple[str, ...] = ("username", "display_name", "email", "is_active")

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This user name is taken."))
        return username

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another account has this address."))
        return email


class AddUserForm(UserForm):
    class Meta(UserForm.Meta):
        fields = ("username", "display_name", "email")
