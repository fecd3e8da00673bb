"""The shell command `precis`: articles in, summaries and translations out."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

from precis.answers import Format, Glossary, Length, Summaries, Summary, SummaryOptions
from precis.client import Address, Article, Client, Document, Problem, Unreachable

MISUSED, REFUSED, NO_INPUT, UNREACHABLE, TRY_LATER, NO_KEY, INTERRUPTED = 2, 65, 66, 69, 75, 77, 130

_DOCUMENTS = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
}
_MANUAL = """\
terms:
  --glossary says how a term is to stand in the translation, and can be given more than once:
  TERM=TRANSLATION, with one language after --to, or a file of JSON that has all of them:
  {"fr": {"White House": "Maison-Blanche"}, "es": {"White House": "Casa Blanca"}}
  --keep names what no translation changes. A term that could not be placed is a warning.

environment:
  PRECIS_URL       where the service is; --url goes before it
  PRECIS_API_KEY   the key, where one is needed; it has no option, since other users of a
                   machine can read the options of a command

exit status:
  0    it was done
  2    the command was called wrongly
  65   the service refused the input, and said why
  66   the file cannot be read
  69   the service cannot be reached
  75   the service is busy or starting: try again later
  77   a key is needed, or the one given is not known
  130  interrupted

examples:
  precis summarise article.txt --short
  precis summarise article.txt --to fr,de --original
  curl -s https://example.org/article.txt | precis summarise --long --to fr
  precis summarise article.txt --json | jq -r .summaries.short.text
  precis summarise https://example.org/article.html --to fr
  precis translate notes.txt --to fr > notes.fr.txt
  precis translate page.html --to fr > page.fr.html
  precis translate --to fr --glossary 'White House=Maison-Blanche' --keep SolarWinds < news.txt
  precis languages
"""


class _Failure(Exception):
    """What ends the command: a message for people and an exit status for programs."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _split_codes(value: str) -> list[str]:
    return [code.strip() for code in value.split(",") if code.strip()]


def _make_parser() -> argparse.ArgumentParser:
    """Return the parser; its help is the manual."""

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=summary, description=summary, epilog=_MANUAL, formatter_class=plain
        )

    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="precis",
        description="Summarise and translate articles with a running Précis service.",
        epilog=_MANUAL,
        formatter_class=plain,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_summarise(add("summarise", "Write short and long summaries of an article."))
    _add_translate(add("translate", "Translate a text; its line breaks are kept."))
    _add_common(add("languages", "List the languages, and what can be done with each."))
    return parser


def _add_summarise(parser: argparse.ArgumentParser) -> None:
    _add_file(
        parser,
        "text in UTF-8, or .html, .pdf, .docx, .md, .eml; or an address of http or https, where "
        "the service fetches them",
    )
    _add_targets(parser, required=False)
    _add_terms(parser)
    parser.add_argument("--short", action="store_true", help="only the short summary")
    parser.add_argument("--long", action="store_true", help="only the long summary")
    parser.add_argument(
        "--original", action="store_true", help="with --to: the summary itself too, first"
    )
    parser.add_argument(
        "--method",
        choices=["auto", "abstractive", "extractive"],
        default="auto",
        help="how sentences come to be (default: auto, rewritten where the article supports it)",
    )
    _add_common(parser)


def _add_translate(parser: argparse.ArgumentParser) -> None:
    _add_file(parser, "text in UTF-8")
    _add_targets(parser, required=True)
    _add_terms(parser)
    parser.add_argument(
        "--format",
        choices=["text", "html"],
        help="html: tags stay where they are (default: html for .html, else text)",
    )
    _add_common(parser)


def _add_file(parser: argparse.ArgumentParser, kinds: str) -> None:
    what = f"{kinds}; '-', or none: standard input"
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help=what)


def _add_targets(parser: argparse.ArgumentParser, required: bool) -> None:
    parser.add_argument(
        "--to",
        type=_split_codes,
        action="extend",
        required=required,
        default=None if required else [],
        metavar="LANGUAGE[,LANGUAGE]",
        help="languages to translate to, as codes; texts come in this order",
    )
    parser.add_argument(
        "--from",
        dest="source",
        default="auto",
        metavar="LANGUAGE",
        help="language of the text (default: found out)",
    )


def _add_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--glossary",
        action="append",
        default=[],
        metavar="FILE_OR_TERM=TRANSLATION",
        help="how terms are to be translated",
    )
    parser.add_argument(
        "--keep", action="append", default=[], metavar="NAME", help="what stays as it is"
    )


def _add_common(parser: argparse.ArgumentParser) -> None:
    url = os.environ.get("PRECIS_URL", "http://127.0.0.1:8000")
    parser.add_argument("--url", default=url, help=f"where the service is (default: {url})")
    parser.add_argument("--json", action="store_true", help="the whole answer, as JSON")
    parser.add_argument(
        "--quiet", action="store_true", help="neither progress nor warnings on standard error"
    )


def _read_article(name: str) -> Article:
    """Return a file's text, or the document or address that the service will read."""
    if name.startswith(("http://", "https://")):
        return Address(name)
    media_type = _DOCUMENTS.get(Path(name).suffix.lower())
    return Document(_read_bytes(name), media_type) if media_type else _read_text(name)


def _read_bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise _Failure(f"{name}: {error.strerror}", NO_INPUT) from None


def _read_text(name: str) -> str:
    body = _read_bytes(name)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name}: not a text in UTF-8, invalid byte at {error.start}"
        raise _Failure(message, NO_INPUT) from None


def _read_glossary(args: argparse.Namespace) -> Glossary:
    """Return the terms of files and of the command itself, which come last, by language."""
    glossary: dict[str, dict[str, str]] = {}
    for given in sorted(args.glossary, key=lambda each: "=" in each):
        terms = _read_term(given, args.to) if "=" in given else _read_terms(given)
        for target, of_target in terms.items():
            glossary.setdefault(target, {}).update(of_target)
    return glossary


def _read_term(given: str, targets: Sequence[str]) -> Glossary:
    if len(targets) != 1:
        message = f"--glossary {given}: for which language? Give one to --to, or use a file"
        raise _Failure(message, MISUSED)
    term, _, wanted = given.partition("=")
    return {targets[0]: {term: wanted}}


def _read_terms(name: str) -> Glossary:
    try:
        found = json.loads(_read_text(name))
    except ValueError as error:
        raise _Failure(f"{name}: not JSON, {error}", NO_INPUT) from None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise _Failure(f'{name}: not a glossary, as {{"fr": {{TERM: TRANSLATION}}}} is', NO_INPUT)
    return found


class _Progress:
    """One line on a terminal that tells what has come; nothing anywhere else."""

    def __init__(self, quiet: bool) -> None:
        self._shown = not quiet and sys.stderr.isatty()

    def tell(self, text: str) -> None:
        """Replace the line."""
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


def _describe(name: str, data: dict[str, Any]) -> str:
    """Return what an event means, for the line of progress."""
    if name == "source":
        return f"{data['language']}, {data['sentences']} sentences; summarising…"
    if name == "summary":
        return f"{data['length']} summary"
    return f"{data['length']} summary, {data['target']}"


def _list_options(args: argparse.Namespace) -> SummaryOptions:
    wanted: dict[Length, bool] = {"short": args.short, "long": args.long}
    return {
        "targets": args.to,
        "lengths": [length for length, is_wanted in wanted.items() if is_wanted] or list(wanted),
        "source": args.source,
        "method": args.method,
        "glossary": _read_glossary(args),
        "keep": args.keep,
    }


def _follow(client: Client, args: argparse.Namespace) -> Summaries:
    """Return the answer to a summaries request, telling its parts while they come."""
    article, options = _read_article(args.file), _list_options(args)
    if args.json and not isinstance(article, str):
        options["include"] = ["text"]  # its evidence points into what only the service has read
    progress = _Progress(args.quiet)
    progress.tell("reading…")
    try:
        for name, data in client.stream(article, **options):
            if name == "done":
                return cast(Summaries, data)
            progress.tell(_describe(name, data))
    finally:
        progress.tell("")
    raise Unreachable("the answer has no end")  # the client has raised before


def _list_texts(summary: Summary, args: argparse.Namespace) -> Iterator[str]:
    if args.original or not args.to:
        yield summary["text"]
    yield from (made["text"] for made in summary["translations"].values())


def _list_warnings(answer: Summaries) -> Iterator[str]:
    for length, summary in answer["summaries"].items():
        for sentence in summary["sentences"]:
            if sentence["unsupported"]:
                yield f"{length}: not in the article: {', '.join(sentence['unsupported'])}"
        for target, made in summary["translations"].items():
            yield from (f"{length}, {target}: {code}" for code in made["warnings"])


def _warn(lines: Iterator[str], quiet: bool) -> None:
    for line in () if quiet else lines:
        print(f"precis: warning: {line}", file=sys.stderr)


def _print_json(answer: object) -> None:
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _summarise(client: Client, args: argparse.Namespace) -> None:
    answer = _follow(client, args)
    if args.json:
        return _print_json(answer)
    texts = [t for summary in answer["summaries"].values() for t in _list_texts(summary, args)]
    print("\n\n".join(texts))
    return _warn(_list_warnings(answer), args.quiet)


def _guess_format(name: str) -> Format:
    return "html" if _DOCUMENTS.get(Path(name).suffix.lower()) == "text/html" else "text"


def _translate(client: Client, args: argparse.Namespace) -> None:
    text, glossary = _read_text(args.file), _read_glossary(args)
    _Progress(args.quiet).tell("translating…")
    try:
        answer = client.translate(
            text,
            args.to,
            source=args.source,
            format=args.format or _guess_format(args.file),
            glossary=glossary,
            keep=args.keep,
        )
    finally:
        _Progress(args.quiet).tell("")
    if args.json:
        return _print_json(answer)
    texts = [str(made) for made in answer["translations"].values()]
    sys.stdout.write("\n".join(made if made.endswith("\n") else f"{made}\n" for made in texts))
    warnings = answer["warnings"].items()
    return _warn((f"{target}: {code}" for target, codes in warnings for code in codes), args.quiet)


def _list_languages(client: Client, args: argparse.Namespace) -> None:
    rows = client.languages()
    if args.json:
        return _print_json(rows)
    for row in rows:
        marked = [f"{t}?" if t in row["experimental"] else t for t in row["translate_to"]]
        print(f"{row['code']:<4}{row['name']:<22}{row['summarise']:<13}{' '.join(marked)}".rstrip())
    return None


_COMMANDS = {"summarise": _summarise, "translate": _translate, "languages": _list_languages}


def _explain(problem: Problem) -> _Failure:
    """Return what a problem means for the shell."""
    if problem.status in (401, 403):
        return _Failure(f"{problem} Put it into PRECIS_API_KEY.", NO_KEY)
    if problem.status == 429 or problem.status >= 500:
        seconds = problem.retry_after_seconds
        hint = f" Try again in {seconds:.0f} s." if seconds else ""
        return _Failure(f"{problem}{hint}", TRY_LATER)
    return _Failure(str(problem), REFUSED)


def _run(args: argparse.Namespace) -> None:
    try:
        client = Client(args.url, os.environ.get("PRECIS_API_KEY"))
    except ValueError as error:
        raise _Failure(f"--url: {error}", MISUSED) from None
    try:
        _COMMANDS[args.command](client, args)
        sys.stdout.flush()
    except Problem as problem:
        raise _explain(problem) from None
    except Unreachable as error:
        raise _Failure(str(error), UNREACHABLE) from None


def _leave_pipe() -> NoReturn:
    """End as others do whose reader has gone, without Python's complaint at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(141)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = _make_parser().parse_args(arguments)
    try:
        _run(args)
    except _Failure as failure:
        print(f"precis: {failure}", file=sys.stderr)
        return failure.status
    except BrokenPipeError:
        _leave_pipe()
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0
