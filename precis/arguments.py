"""The arguments of `precis`, and its manual."""

from __future__ import annotations

import argparse
import os

from precis.batch import CHUNK_ARTICLES

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
  precis summarise https://example.org/article.html --to fr
  precis translate notes.txt --to fr > notes.fr.txt
  precis translate page.html --to fr > page.fr.html
  precis translate --to fr --glossary 'White House=Maison-Blanche' --keep SolarWinds < news.txt
  precis languages
  precis batch archive/ summaries.jsonl --to fr
  precis batch articles.jsonl summaries.jsonl --short    (lines: {"id": "…", "text": "…"})
  jq -r 'select(.problem) | [.id, .problem.detail] | @tsv' summaries.jsonl
"""


def _split_codes(value: str) -> list[str]:
    return [code.strip() for code in value.split(",") if code.strip()]


def make_parser() -> argparse.ArgumentParser:
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
    _add_file(
        parser,
        "text in UTF-8, or .html, .pdf, .docx, .md, .eml; or an address of http or https, where "
        "the service fetches them",
    )
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
        "as JSON, in each line; or a sitemap (.xml), or an index of such beside it, where the "
        "service fetches addresses",
    )
    parser.add_argument(
        "results",
        metavar="RESULTS",
        help="file to write a line per article to, in order: its id, and a result or a problem; "
        "what is in it already is not done again",
    )
    _add_wishes(parser)
    parser.add_argument(
        "--retry-failed",
        action="store_true",
        help="send those that failed once more, and put what comes of them in their places",
    )
    parser.add_argument(
        "--chunk",
        type=_read_count,
        default=CHUNK_ARTICLES,
        metavar="ARTICLES",
        help=f"how many to send at once (default: {CHUNK_ARTICLES}); four chunks are on their way",
    )
    _add_url(parser)


def _read_count(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError(f"not a number of articles: {value!r}")
    return int(value)


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    _add_targets(parser, required=False)
    _add_terms(parser)
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
    parser.add_argument("--json", action="store_true", help="the whole answer, as JSON")
    _add_url(parser)


def _add_url(parser: argparse.ArgumentParser) -> None:
    url = os.environ.get("PRECIS_URL", "http://127.0.0.1:8000")
    parser.add_argument("--url", default=url, help=f"where the service is (default: {url})")
    parser.add_argument(
        "--quiet", action="store_true", help="neither progress nor warnings on standard error"
    )
