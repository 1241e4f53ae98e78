"""Filling in the managers' forms as a browser does: what the page sent comes back, with changes."""

from typing import Any

from django.test import Client

from tests.plugins.cast import Company


def form_data(response: Any) -> dict[str, Any]:
    """Every field of the page's form with the value it was shown with; unticked boxes are left out."""
    form = response.context["form"]
    data = _values(form)
    if form.table is not None:
        management = form.table.management_form
        data |= {management.add_prefix(name): field for name, field in management.initial.items()}
        for row in form.table.forms:
            data |= _values(row)
    return data


def _values(form: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if value is None and bound.widget_type == "select":  # a browser chooses the first
            value = next(iter(bound.field.choices), (None,))[0]
        if value is None or value is False:
            continue
        shown = bound.field.widget.format_value(value) if bound.widget_type == "datetime" else value
        found[bound.html_name] = "on" if value is True else shown
    return found


def post(client: Client, url: str, **data: Any) -> Any:
    """Send a form with the person's CSRF token, also to a page that does not show him one."""
    client.get("/manage/accounts/apitoken/add/")
    return client.post(url, {**data, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def submit(client: Client, url: str, **changes: Any) -> Any:
    """Open the page and send its form back with `changes`; None leaves a field out."""
    data = form_data(client.get(url)) | changes
    sent = {name: value for name, value in data.items() if value is not None}
    return client.post(url, {**sent, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


class AdminClient:
    """A manager in his browser; the texts of pages."""

    def __init__(self, company: Company, who: str) -> None:
        self.client = company.browser(who)

    def get(self, url: str) -> str:
        response = self.client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        return str(response.content.decode())

    def post(self, url: str, data: dict[str, Any], follow: bool = False) -> str:
        response = post(self.client, url, **data)
        if follow:
            assert response.status_code == 302, response.content.decode()[:3000]
            return self.get(response.headers["Location"])
        return str(response.content.decode())
