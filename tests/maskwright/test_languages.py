"""Which language people and programs read, and that stored sentences of ours follow the reader."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import translation

from maskwright.accounts.models import User
from maskwright.core.wording import in_stored_language, number, reword
from tests.plugins.cast import PASSWORD, Company

LOGIN = "/accounts/login/"
GERMAN = {"Accept-Language": "de-CH, fr;q=0.5"}
#: A language of the other direction, which the product does not have yet.
WITH_ARABIC = override_settings(LANGUAGES=[*settings.LANGUAGES, ("ar", "العربية")])


def page(client: Client, url: str, **headers: str) -> str:
    return client.get(url, headers=headers, follow=True).content.decode()


def choose(client: Client, language: str, next_page: str = "/work/") -> Any:
    token = client.get(LOGIN, follow=True).context["csrf_token"]
    data = {"language": language, "next": next_page, "csrfmiddlewaretoken": str(token)}
    return client.post("/language/", data)


@pytest.mark.django_db
def test_a_visitor_reads_his_browsers_language_or_english() -> None:
    assert '<html lang="de" dir="ltr">' in page(Client(), LOGIN, **GERMAN)
    assert "Angemeldet bleiben" in page(Client(), LOGIN, **GERMAN)
    assert '<html lang="en" dir="ltr">' in page(Client(), LOGIN, **{"Accept-Language": "fr"})


@pytest.mark.django_db
def test_a_visitor_chooses_and_the_choice_stays() -> None:
    visitor = Client(enforce_csrf_checks=True)
    assert choose(visitor, "de", LOGIN).headers["Location"] == LOGIN
    assert '<html lang="de"' in page(visitor, LOGIN, **{"Accept-Language": "en"})


def test_an_accounts_choice_follows_the_person_to_another_browser(acme: Company) -> None:
    person = acme.browser("labeler")
    assert choose(person, "de").headers["Location"] == "/work/"
    assert '<html lang="de"' in page(person, "/work/", **{"Accept-Language": "en"})
    assert User.objects.get(pk=acme.people["labeler"].pk).language == "de"
    elsewhere = Client()
    elsewhere.post(LOGIN, {"login": "acme-labeler", "password": PASSWORD})
    assert '<html lang="de"' in page(elsewhere, "/work/", **{"Accept-Language": "en"})
    assert '<html lang="en"' in page(acme.browser("labeler2"), "/work/")


def test_the_managers_admin_is_in_the_chosen_language(acme: Company) -> None:
    manager = acme.browser("manager")
    choose(manager, "de")
    shown = page(manager, "/manage/")
    assert '<html lang="de" dir="ltr">' in shown and "Labeling-Aufträge" in shown
    assert "Labeling jobs" not in shown


def test_an_unknown_language_changes_nothing(acme: Company) -> None:
    person = acme.browser("labeler")
    choose(person, "xx")
    assert User.objects.get(pk=acme.people["labeler"].pk).language == ""
    assert '<html lang="en"' in page(person, "/work/")


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_choice_leads_back_to_our_own_pages_alone(acme: Company, wanted: str) -> None:
    assert choose(acme.browser("labeler"), "de", wanted).headers["Location"] == "/"


def test_errors_of_the_api_follow_accept_language(acme: Company) -> None:
    url = "/api/v1/jobs/0199a000-0000-7000-8000-000000000000"
    client = acme.client("manager")
    german, english = client.get(url, headers=GERMAN).json(), client.get(url).json()
    assert (german["code"], german["message"]) == ("not_found", "Diesen Labeling-Auftrag gibt es nicht.")
    assert english["message"] == "There is no such labeling job."
    refused = acme.client("labeler").post("/api/v1/label-sets", {}, "application/json", headers=GERMAN).json()
    assert refused["message"].startswith("Ihre Rolle (Labeler) in Acme Vision")


def test_a_tokens_answers_do_not_take_its_owners_choice(acme: Company) -> None:
    choose(acme.browser("manager"), "de")
    answer = acme.client("manager").get("/api/v1/jobs/0199a000-0000-7000-8000-000000000000").json()
    assert answer["message"] == "There is no such labeling job."


@pytest.mark.django_db
@WITH_ARABIC
def test_a_page_runs_from_right_to_left_in_a_language_that_does() -> None:
    assert '<html lang="ar" dir="rtl">' in page(Client(), LOGIN, **{"Accept-Language": "ar"})


STORED = {
    "The file is a PNG but is called .jpg. Rename it to .png.": (
        "Die Datei ist ein PNG, heißt aber .jpg. Benennen Sie sie in .png um."
    ),
    "The file is a GIF. Convert it to JPEG or PNG.": "Die Datei ist ein GIF. Wandeln Sie sie in JPEG oder PNG um.",
    # A sentence in a sentence, and numbers as the reader groups them.
    "The photos could not be read: There is no object named a.manifest. Mend this, then check the photos again.": (
        "Die Fotos konnten nicht gelesen werden: Es gibt kein Objekt namens a.manifest. "
        "Beheben Sie das, und prüfen Sie die Fotos dann erneut."
    ),
    "The address has more than 1,024 characters. Use a shorter key.": (
        "Die Adresse hat mehr als 1.024 Zeichen. Verwenden Sie einen kürzeren Schlüssel."
    ),
    # Two sentences that were put together.
    "Objects cannot be listed. The storage did not answer. Check the connection's endpoint or account name and "
    "try again.": (
        "Objekte lassen sich nicht auflisten. Der Speicher hat nicht geantwortet. Prüfen Sie Endpunkt oder Kontonamen "
        "der Verbindung, und versuchen Sie es erneut."
    ),
    # What a person wrote stays his.
    "2 labelers declined it: Too dark; Cancel": "2 Labeler haben abgelehnt: Too dark; Cancel",
    "Blurred, and a car hides half of it.": "Blurred, and a car hides half of it.",
}


@pytest.mark.parametrize("text", STORED)
def test_a_stored_sentence_is_said_in_the_readers_language(text: str) -> None:
    with translation.override("de"):
        assert reword(text) == STORED[text]
    with translation.override("en"):
        assert reword(text) == text


def test_what_is_stored_is_english_whoever_asks() -> None:
    with translation.override("de"):
        assert number(10_000) == "10.000"
        with in_stored_language():
            assert translation.gettext("Everything works.") == "Everything works."
        assert reword("Everything works.") == "Alles funktioniert."
