"""The pages people see: they compile, keep to the content security policy, and say what is wrong where it is wrong."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from tests.plugins.cast import Company

TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
VITE_CONFIG = settings.ROOT / "frontend" / "vite.config.ts"


@pytest.mark.parametrize("name", NAMES)
def test_it_compiles(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_it_has_no_inline_script_or_style(name: str) -> None:
    text = (TEMPLATES / name).read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text)


def test_each_entry_that_pages_load_is_built() -> None:
    entries = {
        entry for name in NAMES for entry in re.findall(r'vite_asset "([^"]+)"', (TEMPLATES / name).read_text("utf-8"))
    }
    assert entries
    config = VITE_CONFIG.read_text("utf-8")
    assert [entry for entry in sorted(entries) if f'"{entry}"' not in config] == []


@pytest.mark.django_db
def test_a_wrong_password_is_said_in_words(client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "nobody", "password": "not this one"})
    page = response.content.decode()
    alert = re.search(r'role="alert">\s*<div><p>(.*?)</p>', page, re.DOTALL)
    assert alert is not None and "password" in alert.group(1)
    assert 'value="nobody"' in page


@pytest.mark.django_db
def test_a_missing_field_is_marked_and_described(client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "", "password": "x"}).content.decode()
    field = re.search(r'<input[^>]*name="login"[^>]*>', page)
    assert field is not None
    described = re.search(r'aria-describedby="([^"]+)"', field.group())
    assert 'aria-invalid="true"' in field.group() and described is not None
    assert all(f'id="{identity}"' in page for identity in described.group(1).split())


@pytest.mark.django_db
def test_an_unknown_address_answers_with_our_page(client: Client) -> None:
    response = client.get("/there-is-no-such-page")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


@pytest.mark.parametrize(("who", "may_manage"), [("labeler", False), ("manager", True)])
def test_the_header_offers_what_the_role_may(acme: Company, who: str, may_manage: bool) -> None:
    page = acme.browser(who).get("/work/").content.decode()
    navigation = re.search(r'<nav class="mw-nav".*?</nav>', page, re.DOTALL)
    assert navigation is not None and "Acme Vision" in page
    assert 'href="/work/" aria-current="page"' in navigation.group()
    assert ('href="/manage/"' in navigation.group()) is may_manage


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    response = client.get("/work/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/work/"
