"""The form of somebody who joins by an invitation and has no account yet."""

from typing import Any

from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from maskwright.accounts.models import User
from maskwright.organizations.models import Invitation


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """No password by mail for accounts of an organization's identity provider: it would open past the provider."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        users: list[User] = list(getattr(self, "users", ()))
        bound = set(SocialAccount.objects.filter(user__in=users).values_list("user_id", flat=True))
        self.users = [user for user in users if user.pk not in bound]
        return email


class NewAccountForm(forms.Form):
    """Checks names and passwords as Django does. An invitation's own address cannot be changed."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("You sign in with it. Letters, digits and @ . + - _ only."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(
        label=_("Your name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For a forgotten password. Leave empty if you have none."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].initial = invitation.display_name
        if invitation.email:
            self.fields["email"].initial = invitation.email
            self.fields["email"].disabled = True

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("This user name is taken. Choose another, or sign in first if it is yours."))
        return username

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email and User.objects.filter(email__iexact=email).exists():
            raise ValidationError(_("There is an account with this address already. Sign in with it first."))
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        password = data.get("password1")
        if password and data.get("password2") is not None and password != data["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        if password:
            person = User(
                username=data.get("username", ""),
                email=data.get("email", ""),
                first_name=data.get("display_name", ""),
            )
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password1", error)
        return data
