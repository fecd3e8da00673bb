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
from precis.archives import MEDIA_TYPES, Archive, NoArchive, open_archive
from precis.arguments import make_parser
from precis.batch import (
    Batch,
    Cancelled,
    Mismatch,
    State,
    find_failures,
    read_state,
    replace_failures,
)
from precis.client import Address, Article, Client, Document, Problem, Unreachable
from precis.terminal import (
    INTERRUPTED,
    MISUSED,
    NO_INPUT,
    NO_KEY,
    REFUSED,
    SOME_FAILED,
    TRY_LATER,
    UNREACHABLE,
    Bar,
    Failure,
    Progress,
)


def _read_article(name: str) -> Article:
    """Return a file's text, or the document or address that the service will read."""
    if name.startswith(("http://", "https://")):
        return Address(name)
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    return Document(_read_bytes(name), media_type) if media_type else _read_text(name)


def _read_bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise Failure(f"{name}: {error.strerror}", NO_INPUT) from None


def _read_text(name: str) -> str:
    body = _read_bytes(name)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name}: not a text in UTF-8, invalid byte at {error.start}"
        raise Failure(message, NO_INPUT) from None


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
        raise Failure(message, MISUSED)
    term, _, wanted = given.partition("=")
    return {targets[0]: {term: wanted}}


def _read_terms(name: str) -> Glossary:
    try:
        found = json.loads(_read_text(name))
    except ValueError as error:
        raise Failure(f"{name}: not JSON, {error}", NO_INPUT) from None
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise Failure(f'{name}: not a glossary, as {{"fr": {{TERM: TRANSLATION}}}} is', NO_INPUT)
    return found


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
    progress = Progress(args.quiet)
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
    return "html" if MEDIA_TYPES.get(Path(name).suffix.lower()) == "text/html" else "text"


def _translate(client: Client, args: argparse.Namespace) -> None:
    text, glossary = _read_text(args.file), _read_glossary(args)
    Progress(args.quiet).tell("translating…")
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
        Progress(args.quiet).tell("")
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


def _batch(client: Client, args: argparse.Namespace) -> None:
    path = Path(args.results)
    try:
        archive = open_archive(args.archive)
        state = _write_results(client, args, archive, path, read_state(path, archive))
        if args.retry_failed and state.failed:
            state = _retry(client, args, archive, path)
    except (NoArchive, Mismatch) as error:
        raise Failure(str(error), NO_INPUT) from None
    except Cancelled as error:
        raise Failure(str(error), TRY_LATER) from None
    except OSError as error:
        message = f"{error.filename or path}: {error.strerror or error}"
        raise Failure(message, NO_INPUT) from None
    if state.failed:
        message = f"{state.failed} of {state.done} articles failed; their lines in {path} say why"
        raise Failure(message, SOME_FAILED)


def _retry(client: Client, args: argparse.Namespace, archive: Archive, path: Path) -> State:
    """Send the articles that failed once more, and put what comes of them in their places."""
    failures = find_failures(path, archive)
    lines = path.with_name(f"{path.name}.retried")
    lines.unlink(missing_ok=True)
    _write_results(client, args, failures.archive, lines, State(), failures.name)
    replace_failures(path, lines)
    lines.unlink()
    return read_state(path, archive)


def _write_results(
    client: Client,
    args: argparse.Namespace,
    archive: Archive,
    path: Path,
    state: State,
    attempt: str = "",
) -> State:
    """Write what is missing of the results, and return how far they are."""
    batch = Batch(client, _list_options(args), args.chunk, attempt=attempt)
    bar = Bar(archive.total, state, args.quiet)
    with path.open("ab") as file:
        file.truncate(state.size)
        try:
            bar.tell(state)
            for line in batch.run(archive, state.done):
                # Half of a surrogate pair, which JSON may hold, is an escape there too.
                written = json.dumps(line, ensure_ascii=False).encode(errors="backslashreplace")
                size = file.write(written + b"\n")
                file.flush()  # what is in the file is not done again
                state = state.add(line, size)
                bar.tell(state)
        finally:
            bar.clear()
    return state


_COMMANDS = {
    "summarise": _summarise,
    "translate": _translate,
    "languages": _list_languages,
    "batch": _batch,
}


def _explain(problem: Problem) -> Failure:
    """Return what a problem means for the shell."""
    if problem.status in (401, 403):
        return Failure(f"{problem} Put it into PRECIS_API_KEY.", NO_KEY)
    if problem.status == 429 or problem.status >= 500:
        seconds = problem.retry_after_seconds
        hint = f" Try again in {seconds:.0f} s." if seconds else ""
        return Failure(f"{problem}{hint}", TRY_LATER)
    return Failure(str(problem).replace("'source'", "--from"), REFUSED)  # as it is called here


def _run(args: argparse.Namespace) -> None:
    try:
        client = Client(args.url, os.environ.get("PRECIS_API_KEY"))
    except ValueError as error:
        raise Failure(f"--url: {error}", MISUSED) from None
    try:
        _COMMANDS[args.command](client, args)
        sys.stdout.flush()
    except Problem as problem:
        raise _explain(problem) from None
    except Unreachable as error:
        raise Failure(str(error), UNREACHABLE) from None


def _leave_pipe() -> NoReturn:
    """End as others do whose reader has gone, without Python's complaint at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(141)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    args = make_parser().parse_args(arguments)
    try:
        _run(args)
    except Failure as failure:
        print(f"precis: {failure}", file=sys.stderr)
        return failure.status
    except BrokenPipeError:
        _leave_pipe()
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0
