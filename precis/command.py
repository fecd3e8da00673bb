"""The shell command `precis`: articles in, summaries and translations out."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn, cast

from precis.answers import Length, Summaries, Summary
from precis.archives import MEDIA_TYPES, Archive, NoArchive, open_archive
from precis.batch import CHUNK_ARTICLES, Batch, Cancelled, Mismatch, Options, State, read_state
from precis.client import Client, Document, Problem, Unreachable

SOME_FAILED, REFUSED, NO_INPUT, UNREACHABLE, TRY_LATER, NO_KEY = 1, 65, 66, 69, 75, 77
INTERRUPTED = 130
BAR_CHARACTERS = 30

_MANUAL = """\
environment:
  PRECIS_URL       where the service is; --url goes before it
  PRECIS_API_KEY   the key, where one is needed; it has no option, since other users of a
                   machine can read the options of a command

exit status:
  0    it was done
  1    batch: it was done, but some articles failed; their lines say why
  2    the command was called wrongly
  65   the service refused the input, and said why
  66   the file cannot be read or written
  69   the service cannot be reached
  75   the service is busy or starting: try again later
  77   a key is needed, or the one given is not known
  130  interrupted

examples:
  precis summarise article.txt --short
  precis summarise article.txt --to fr,de --original
  curl -s https://example.org/article.txt | precis summarise --long --to fr
  precis summarise article.txt --json | jq -r .summaries.short.text
  precis translate notes.txt --to fr > notes.fr.txt
  precis languages
  precis batch archive/ summaries.jsonl --to fr
  precis batch articles.jsonl summaries.jsonl --short    (lines: {"id": "…", "text": "…"})
  jq -r 'select(.problem) | [.id, .problem.detail] | @tsv' summaries.jsonl
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
    _add_batch(
        add("batch", "Summarise an archive with the workers of a service; goes on where it ended.")
    )
    return parser


def _add_summarise(parser: argparse.ArgumentParser) -> None:
    _add_file(parser, "text in UTF-8, or .html, .pdf, .docx, .md, .eml")
    _add_wishes(parser)
    parser.add_argument(
        "--original", action="store_true", help="with --to: the summary itself too, first"
    )
    _add_common(parser)


def _add_batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "archive",
        metavar="ARCHIVE",
        help="a folder of .txt, .html, .pdf, .docx, .md and .eml files; a file with an article, "
        "as JSON, in each line; or a sitemap (.xml), where the service fetches addresses",
    )
    parser.add_argument(
        "results",
        metavar="RESULTS",
        help="file to write a line per article to, in order: its id, and a result or a problem; "
        "what is in it already is not done again",
    )
    _add_wishes(parser)
    parser.add_argument(
        "--chunk",
        type=_read_count,
        default=CHUNK_ARTICLES,
        metavar="ARTICLES",
        help=f"how many to send at once (default: {CHUNK_ARTICLES}); four chunks are on their way",
    )
    _add_url(parser)


def _read_count(value: str) -> int:
    count = int(value)
    if count < 1:
        raise ValueError
    return count


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    _add_targets(parser, required=False)
    parser.add_argument("--short", action="store_true", help="only the short summary")
    parser.add_argument("--long", action="store_true", help="only the long summary")
    parser.add_argument(
        "--method",
        choices=["auto", "abstractive", "extractive"],
        default="auto",
        help="how sentences come to be (default: auto, rewritten where the article supports it)",
    )


def _add_translate(parser: argparse.ArgumentParser) -> None:
    _add_file(parser, "text in UTF-8")
    _add_targets(parser, required=True)
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


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="the whole answer, as JSON")
    _add_url(parser)


def _add_url(parser: argparse.ArgumentParser) -> None:
    url = os.environ.get("PRECIS_URL", "http://127.0.0.1:8000")
    parser.add_argument("--url", default=url, help=f"where the service is (default: {url})")
    parser.add_argument(
        "--quiet", action="store_true", help="neither progress nor warnings on standard error"
    )


def _read_article(name: str) -> str | Document:
    """Return a file's text, or the document that the service will read."""
    try:
        body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise _Failure(f"{name}: {error.strerror}", NO_INPUT) from None
    media_type = MEDIA_TYPES.get(Path(name).suffix.lower())
    if media_type:
        return Document(body, media_type)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name}: not a text in UTF-8, invalid byte at {error.start}"
        raise _Failure(message, NO_INPUT) from None


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


def _list_lengths(args: argparse.Namespace) -> list[Length]:
    wanted: dict[Length, bool] = {"short": args.short, "long": args.long}
    return [length for length, is_wanted in wanted.items() if is_wanted] or list(wanted)


def _follow(client: Client, args: argparse.Namespace, article: str | Document) -> Summaries:
    """Return the answer to a summaries request, telling its parts while they come."""
    lengths = _list_lengths(args)
    progress = _Progress(args.quiet)
    progress.tell("reading…")
    try:
        for name, data in client.stream(
            article, targets=args.to, lengths=lengths, source=args.source, method=args.method
        ):
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
    answer = _follow(client, args, _read_article(args.file))
    if args.json:
        return _print_json(answer)
    texts = [t for summary in answer["summaries"].values() for t in _list_texts(summary, args)]
    print("\n\n".join(texts))
    return _warn(_list_warnings(answer), args.quiet)


def _translate(client: Client, args: argparse.Namespace) -> None:
    text = _read_article(args.file)
    if isinstance(text, Document):
        raise _Failure(f"{args.file}: only texts are translated", REFUSED)
    _Progress(args.quiet).tell("translating…")
    try:
        answer = client.translate(text, args.to, source=args.source)
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


class _Bar:
    """How far a batch is, on the line of progress: told as often as a reader can follow."""

    def __init__(self, total: int, state: State, quiet: bool) -> None:
        self._progress = _Progress(quiet)
        self._total = total
        self._before = state.done
        self._started = time.monotonic()
        self._told = 0.0

    def tell(self, state: State) -> None:
        """Show a state."""
        now = time.monotonic()
        if now - self._told < 0.1 and state.done < self._total:
            return
        self._told = now
        full = BAR_CHARACTERS * state.done // self._total
        bar = "█" * full + "░" * (BAR_CHARACTERS - full)
        parts = [f"{bar} {state.done} of {self._total}", f"{state.failed} failed"]
        pace = (state.done - self._before) / (now - self._started)
        if pace:
            parts += [
                f"{pace:.1f} a second",
                f"{_tell_time((self._total - state.done) / pace)} left",
            ]
        self._progress.tell(", ".join(parts))

    def clear(self) -> None:
        """Take the line away."""
        self._progress.tell("")


def _tell_time(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"


def _batch(client: Client, args: argparse.Namespace) -> None:
    path = Path(args.results)
    try:
        archive = open_archive(args.archive)
        state = _write_results(client, args, archive, path, read_state(path, archive))
    except (NoArchive, Mismatch) as error:
        raise _Failure(str(error), NO_INPUT) from None
    except Cancelled as error:
        raise _Failure(str(error), TRY_LATER) from None
    except OSError as error:
        message = f"{error.filename or path}: {error.strerror or error}"
        raise _Failure(message, NO_INPUT) from None
    if state.failed:
        message = f"{state.failed} of {state.done} articles failed; their lines in {path} say why"
        raise _Failure(message, SOME_FAILED)


def _write_results(
    client: Client, args: argparse.Namespace, archive: Archive, path: Path, state: State
) -> State:
    """Write what is missing of the results, and return how far they are."""
    batch = Batch(
        client,
        Options(tuple(args.to), tuple(_list_lengths(args)), args.source, args.method),
        args.chunk,
    )
    bar = _Bar(archive.total, state, args.quiet)
    with path.open("ab") as file:
        file.truncate(state.size)
        try:
            bar.tell(state)
            for line in batch.run(archive, state.done):
                size = file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                file.flush()  # what is in the file is not done again
                failed = state.failed + ("problem" in line)
                state = State(state.done + 1, failed, state.size + size)
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
        raise _Failure(f"--url: {error}", 2) from None
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
