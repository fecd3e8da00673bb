"""The shell command, run as a shell runs it."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from models.protocols import Translation
from models.stubs import StubTranslator
from precis import Client
from tests.precis.conftest import Open
from tests.redis_server import free_port
from tests.service.conftest import ARTICLE

ROOT = Path(__file__).parents[2]


def run(*arguments: str, url: str = "", stdin: bytes = b"", **environment: str):
    """Run `precis`; what it prints comes back as text."""
    return subprocess.run(
        [sys.executable, "-m", "precis", *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=60,
        env=os.environ | {"PRECIS_URL": url, "COLUMNS": "100"} | environment,
    )


@pytest.fixture
def article(tmp_path: Path) -> str:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return str(path)


def test_a_short_summary_in_french(open_service: Open, article: str) -> None:
    url = open_service()
    ran = run("summarise", article, "--to", "fr", "--short", url=url)
    answer = Client(url).summarise(ARTICLE, targets=["fr"], lengths=["short"])
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.decode() == answer["summaries"]["short"]["translations"]["fr"]["text"] + "\n"
    assert ran.stderr == b""


def test_standard_input_and_the_original_before_its_translations(open_service: Open) -> None:
    url = open_service()
    arguments = ("summarise", "--to", "fr,de", "--to", "es", "--original", "--quiet")
    ran = run(*arguments, url=url, stdin=ARTICLE.encode())
    answer = Client(url).summarise(ARTICLE, targets=["fr", "de", "es"])
    texts = ran.stdout.decode().removesuffix("\n").split("\n\n")
    assert texts[0] == answer["summaries"]["short"]["text"]
    assert texts[4] == answer["summaries"]["long"]["text"]
    assert len(texts) == 8


def test_json_is_the_whole_answer(open_service: Open, article: str) -> None:
    url = open_service()
    answer = json.loads(run("summarise", article, "--json", url=url).stdout)
    assert answer == Client(url).summarise(ARTICLE) | {"cache": "miss"}


def test_a_translation_keeps_its_lines(open_service: Open) -> None:
    ran = run("translate", "--to", "fr", url=open_service(), stdin=b"It rains.\n\nIt snows.\n")
    assert ran.stdout.decode() == "[fr] It rains.\n\n[fr] It snows.\n"


HTML = b'<p class="a">The White House spoke to SolarWinds.</p>'
IN_FRENCH = '<p class="a">[fr] The Maison-Blanche spoke to SolarWinds.</p>\n'


@pytest.mark.parametrize("by", ["option", "name"])
def test_terms_stand_as_wanted_and_tags_where_they_were(
    open_service: Open, tmp_path: Path, by: str
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(HTML)
    given = ["--format", "html"] if by == "option" else [str(page)]
    terms = ["--glossary", "White House=Maison-Blanche", "--keep", "SolarWinds"]
    ran = run("translate", "--to", "fr", *terms, *given, url=open_service(), stdin=HTML)
    assert ran.stdout.decode() == IN_FRENCH


def test_a_glossary_in_a_file_has_all_languages(open_service: Open, tmp_path: Path) -> None:
    glossary = tmp_path / "terms.json"
    glossary.write_text('{"fr": {"rains": "pleut", "It": "Il"}, "de": {"rains": "regnet"}}')
    arguments = ("summarise", "--short", "--to", "fr,de", "--glossary", str(glossary))
    ran = run(*arguments, url=open_service(), stdin=b"It rains in Port Ellery.")
    assert ran.stdout.decode() == (
        "[fr] Il pleut in Port Ellery.\n\n[de] It regnet in Port Ellery.\n"
    )


def test_the_terms_of_the_command_go_before_those_of_a_file(
    open_service: Open, tmp_path: Path
) -> None:
    glossary = tmp_path / "terms.json"
    glossary.write_text('{"fr": {"rains": "mouille", "It": "Il"}}')
    terms = ("--glossary", "rains=pleut", "--glossary", str(glossary))
    ran = run("translate", "--to", "fr", *terms, url=open_service(), stdin=b"It rains.")
    assert ran.stdout == b"[fr] Il pleut.\n"


def test_a_term_that_was_missed_is_a_warning(open_service: Open) -> None:
    class Deaf(StubTranslator):
        def translate(self, sentences, *_args):
            return [Translation("Oui.") for _ in sentences]

    arguments = ("translate", "--from", "en", "--to", "fr", "--keep", "SolarWinds")
    ran = run(*arguments, url=open_service(Deaf()), stdin=b"SolarWinds sank.")
    assert ran.stderr == b"precis: warning: fr: term_missed: SolarWinds\n"


def test_an_address_is_fetched_by_the_service(open_service: Open) -> None:
    ran = run("summarise", "http://127.0.0.1/article", url=open_service(fetch_urls=True))
    assert ran.returncode == 65
    assert b"public" in ran.stderr


def test_the_json_of_a_document_has_the_text_that_its_evidence_points_into(
    open_service: Open, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"<p>It rains.</p>")
    answer = json.loads(run("summarise", str(page), "--json", url=open_service()).stdout)
    assert answer["source"]["text"] == "It rains."


def test_languages_in_a_table(open_service: Open) -> None:
    lines = run("languages", url=open_service()).stdout.decode().splitlines()
    english = next(line for line in lines if line.startswith("en "))
    assert english.split() == ["en", "English", "abstractive", "fr", "de", "es?"]


def test_warnings_go_to_standard_error(open_service: Open, article: str) -> None:
    class Doubtful(StubTranslator):
        def translate(self, sentences, *_args):
            return [Translation("Oui.", (), ("length",)) for _ in sentences]

    url = open_service(Doubtful())
    ran = run("summarise", article, "--short", "--to", "fr", url=url)
    assert ran.stderr == b"precis: warning: short, fr: length\n"
    quiet = run("summarise", article, "--short", "--to", "fr", "--quiet", url=url)
    assert (quiet.stdout, quiet.stderr) == (ran.stdout, b"")


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "message"),
    [
        (["summarise"], b" \n", 65, "white space"),
        (["summarise", "--to", "ja"], ARTICLE.encode(), 65, "not offered"),
        (["translate", "--to", "fr"], b"Hello", 65, "name it in --from."),
        (["summarise", "/no/such/file"], b"", 66, "No such file"),
        (["summarise"], b"caf\xe9", 66, "UTF-8"),
        (["translate"], b"It rains.", 2, "--to"),
        (["translate", "--to", "fr,de", "--glossary", "a=b"], b"It rains.", 2, "which language"),
        (["translate", "--to", "fr", "--glossary", "/no/such"], b"It rains.", 66, "No such file"),
        (["translate", "--to", "fr", "--glossary", "LICENSE"], b"It rains.", 66, "not JSON"),
        (["translate", "--to", "fr", "--glossary", "=b"], b"It rains.", 65, "glossary"),
        (["summarise", "--url", "nowhere"], b"It rains.", 2, "nowhere"),
        (["summarise", "--url", f"http://127.0.0.1:{free_port()}"], b"It rains.", 69, "no service"),
        (["batch", "a", "b", "--chunk", "0"], b"", 2, "number of articles"),
        (["batch", "/no/such/file", "b"], b"", 66, "No such file"),
        ([], b"", 2, "COMMAND"),
    ],
)
def test_exit_statuses(open_service: Open, arguments, stdin, status, message) -> None:
    ran = run(*arguments, url=open_service(), stdin=stdin)
    assert ran.returncode == status, ran.stderr
    assert message in ran.stderr.decode()
    assert b"Traceback" not in ran.stderr
    assert ran.stdout == b""


def test_a_key_is_taken_from_the_environment(open_service: Open) -> None:
    url = open_service(api_keys="hush")
    assert run("languages", url=url).returncode == 77
    assert run("languages", url=url, PRECIS_API_KEY="hush").returncode == 0


def test_too_many_requests_are_a_reason_to_try_later(open_service: Open) -> None:
    url = open_service(rate_limit_per_minute=1)
    assert run("languages", url=url).returncode == 0
    again = run("languages", url=url)
    assert again.returncode == 75
    assert b"Try again in" in again.stderr


def test_a_reader_that_goes_away_is_no_error(open_service: Open) -> None:
    shell = f"{sys.executable} -m precis languages | head -n 1; exit ${{PIPESTATUS[0]}}"
    environment = os.environ | {"PRECIS_URL": open_service()}
    ran = subprocess.run(
        ["bash", "-c", shell], cwd=ROOT, env=environment, capture_output=True, timeout=60
    )
    assert ran.stderr == b""
    assert ran.stdout.startswith(b"af ")


@pytest.mark.parametrize("command", [[], ["summarise"], ["translate"], ["languages"], ["batch"]])
def test_help_is_a_manual(command: list[str]) -> None:
    ran = run(*command, "--help")
    assert ran.returncode == 0
    for part in ("usage: precis", "environment:", "exit status:", "examples:"):
        assert part in ran.stdout.decode()


def test_the_installed_command_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["scripts"]["precis"].partition(":")
    assert callable(getattr(importlib.import_module(module), name))
