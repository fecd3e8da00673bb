"""The client that posts articles to a running service, so that their results are cached."""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

ARTICLES = Path(__file__).parent / "articles"
TIMEOUT_SECONDS = 300


class Refused(Exception):
    """The service did not answer with summaries; the message is the problem's title and detail."""


def post_article(url: str, text: str, targets: Sequence[str], api_key: str | None) -> Any:
    """Return the service's answer for one article; raises `Refused`."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    body = json.dumps({"text": text, "targets": list(targets)}).encode("ascii")
    request = urllib.request.Request(f"{url.rstrip('/')}/v1/summaries", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise Refused(describe_problem(error.code, error.read())) from error
    except (OSError, ValueError) as error:
        raise Refused(str(error)) from error


def describe_problem(status: int, body: bytes) -> str:
    """Return title and detail of a problem (RFC 9457), or the status where the body is none."""
    try:
        problem = json.loads(body)
        return f"{problem['title']}: {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {status}"


def describe_answer(path: Path, text: str, answer: Any, seconds: float) -> str:
    """Return the line that is printed for an article."""
    language = answer["source"]["language"]
    words = len(text.split())
    return f"{path.name}: {language}, {words} words, {answer['cache']}, {seconds:.1f} s"


def warm(url: str, files: Sequence[Path], targets: Sequence[str], api_key: str | None) -> int:
    """Post all files, a line printed for each; return how many failed."""
    failed = 0
    with tqdm(files, unit="article") as bar:
        for path in bar:
            started = time.monotonic()
            try:
                text = path.read_text(encoding="utf-8")
                answer = post_article(url, text, targets, api_key)
                line = describe_answer(path, text, answer, time.monotonic() - started)
            except (Refused, OSError, ValueError, LookupError, TypeError) as error:
                failed += 1
                line = f"{path.name}: failed: {error}"
            bar.write(line)
    return failed


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m seeds.warm", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the service is")
    parser.add_argument("--targets", default="", help="languages to translate to, as in fr,es")
    parser.add_argument("--api-key", help="sent as a bearer token")
    parser.add_argument("files", nargs="*", type=Path, help="default: the articles of seeds/")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 where any article failed."""
    options = parse_arguments(arguments)
    files = options.files or sorted(ARTICLES.glob("*.txt"))
    targets = [code.strip() for code in options.targets.split(",") if code.strip()]
    return 1 if warm(options.url, files, targets, options.api_key) else 0


if __name__ == "__main__":
    sys.exit(main())
