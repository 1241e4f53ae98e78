"""Every visible string is in the catalogues, and each language says all of them: `make messages` lists what is not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

from maskwright.supervise import catalogues
from tests.architecture import frontend_messages
from workforce.states import ClaimState, GrantState

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
#: Functions that mark a message or take one that was marked.
GETTEXT = {*catalogues.KEYWORDS, "reword", "str"}
#: Errors of programmers and of the operator's terminal: English, in the log.
NOT_FOR_READERS = {
    "TypeError", "ValueError", "RuntimeError", "NotImplementedError", "LookupError", "KeyError", "OSError",
    "ImproperlyConfigured", "ScopeError", "CommandError", "EnvironmentProblem", "JSONDecodeError", "BadAnswer",
}  # fmt: skip
TERMINAL = ("platform/maskwright/config/env.py", "platform/maskwright/config/asgi.py", "labeling/demo_photos.py")
#: What AWS's clients are answered: in AWS's own words, which programs and people look up as they are.
WIRE = "labeling/sagemaker/"
#: Calls whose texts are shown, besides everything that is raised.
SHOWN = {"FieldProblem", "ManifestProblem"}
_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_WORDS = re.compile(r"[A-Za-z]{2,}[a-z,]* [A-Za-z']")
#: Texts of a page that are names or no language's.
NAMES = {"Maskwright", "· Maskwright"}


def _messages(language: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    found = []
    for message in catalogues.read(language):
        if message.id:
            both = [part if isinstance(part, list | tuple) else (part,) for part in (message.id, message.string)]
            found.append((tuple(map(str, both[0])), tuple(map(str, both[1]))))
    return found


@pytest.fixture(scope="module")
def gathered() -> set[tuple[str, ...]]:
    return {tuple(m.id) if isinstance(m.id, list | tuple) else (m.id,) for m in catalogues.gather() if m.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_says_every_message_and_no_other(language: str, gathered: set[tuple[str, ...]]) -> None:
    assert len(gathered) > 1000
    messages = dict(_messages(language))
    assert gathered - messages.keys() == set(), "run `make messages`, then translate"
    assert messages.keys() - gathered == set(), "run `make messages`"
    assert [message for message, said in messages.items() if not all(said)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    wrong = []
    for message, said in _messages(language):
        places = [sorted(_PLACE.findall(text)) for text in (*message, *said)]
        # A singular may say "one" instead of its number.
        if any(place != places[0] and place != places[len(message) - 1] for place in places):
            wrong.append((message, said))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_django_loads_is_the_catalogue(language: str) -> None:
    compiled = catalogues.path_of(language).with_suffix(".mo")
    assert compiled.is_file(), "run `make setup`"
    assert compiled.read_bytes() == catalogues.compiled(language), "run `make setup`"


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in catalogues.files():
        if path.suffix == ".py":
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _bare(node: ast.AST) -> Iterator[str]:
    """Texts of several words below a node that no function of gettext holds."""
    if isinstance(node, ast.Call) and _name(node) in GETTEXT:
        return
    if isinstance(node, ast.JoinedStr):
        text = "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        if _WORDS.search(text):
            yield text
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WORDS.search(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _bare(child)


def test_what_is_raised_or_shown_for_a_field_is_a_message() -> None:
    found = []
    for name, tree in _sources():
        if name in TERMINAL or name.startswith(WIRE):
            continue
        # A name that is raised or shown may have been given its text some lines before.
        given = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id in ("message", "problem", "reason")
        }
        for node in ast.walk(tree):
            shown: ast.Call | None = None
            if (
                isinstance(node, ast.Raise)
                and isinstance(node.exc, ast.Call)
                and _name(node.exc) not in NOT_FOR_READERS
            ):
                shown = node.exc
            elif isinstance(node, ast.Call) and _name(node) in SHOWN:
                shown = node
            if shown is not None:
                found += [(name, shown.lineno, text) for text in _bare(shown)]
        found += [(name, value.lineno, text) for value in given.values() for text in _bare(value)]
    assert found == []


def test_a_template_has_no_text_of_its_own() -> None:
    found = []
    for path in sorted(catalogues.TEMPLATES.rglob("*")):
        if path.suffix not in (".html", ".txt"):
            continue
        inside = False
        for token in Lexer(path.read_text("utf-8")).tokenize():
            tag = token.contents.split()[0] if token.token_type == TokenType.BLOCK else ""
            if tag in ("blocktranslate", "blocktrans", "comment"):
                inside = True
            elif tag in ("endblocktranslate", "endblocktrans", "endcomment"):
                inside = False
            elif token.token_type == TokenType.TEXT and not inside and path.suffix == ".html":
                found += [(path.name, text) for text in _page_texts(token.contents)]
    assert [one for one in found if one[1] not in NAMES] == []


def _page_texts(html: str) -> Iterator[str]:
    """Words between tags, and in attributes that people see or hear."""
    html = re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL)
    for attribute in re.finditer(r'\b(?:aria-label|alt|placeholder|title)="([^"]*[A-Za-z]{2}[^"]*)"', html):
        yield attribute[1]
    for text in re.findall(r"(?:^|>)([^<>]*)(?=<)|>([^<>]*)$", html):
        words = " ".join("".join(text).split())
        if re.search(r"[A-Za-z]{3,}", words) and "=" not in words and '"' not in words:
            yield words


def test_the_frontends_languages_say_every_message() -> None:
    found = frontend_messages.gather()
    assert len(found.texts) > 250
    for language in LANGUAGES:
        said = frontend_messages.catalogue(language)
        assert {text: name for text, name in found.texts.items() if text not in said} == {}
        assert set(said) - set(found.texts) == set(), "no source has these any more"
        places = re.compile(r"\{\w+\}")
        assert {k: v for k, v in said.items() if sorted(places.findall(k)) != sorted(places.findall(v))} == {}


def test_the_frontend_translates_literals_or_what_a_registry_names() -> None:
    allowed = re.compile(r"(?:\w+\.)*(?:label|hint)|words|status\.message|tool")
    assert {one for one in frontend_messages.gather().dynamic if not allowed.fullmatch(one[1])} == set()


def test_every_verb_of_the_history_is_in_the_catalogue(gathered: set[tuple[str, ...]]) -> None:
    """An event's verb is shown as its words: `labeling_job.moved` as "labeling job moved"."""
    verbs: set[str] = set()
    for _, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node) == "record" and node.args:
                verbs |= _verbs(node.args[0])
            elif isinstance(node, ast.Assign | ast.keyword) and "verb" in ast.unparse(node).partition("=")[0]:
                verbs |= _verbs(node.value)
    assert len(verbs) > 30
    assert {verb for verb in verbs if (re.sub(r"[._]", " ", verb),) not in gathered} == set()


def _verbs(node: ast.expr) -> set[str]:
    """The literals of an expression; one that ends with a state stands for each state."""
    if isinstance(node, ast.JoinedStr):
        begin = str(ast.literal_eval(node.values[0]))
        states = {"claim.": set(ClaimState.values) - {"live"}, "work_grant.": set(GrantState.values)}
        return {begin + state for state in states[begin]}
    texts = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", text)}
