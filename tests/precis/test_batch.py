"""`precis batch`: archives through a real service, a worker and a Redis, each a process."""

from __future__ import annotations

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import redis

from bench.server import Server
from bench.workers import WorkerProcess
from documents.protocols import Limits
from documents.reading import IsolatedReader
from precis import Client
from precis.answers import SummaryOptions
from precis.archives import NoArchive, open_archive
from precis.batch import Batch, Cancelled, Job
from service.articles import ArticleSources
from tests.documents import samples
from tests.precis.conftest import Open
from tests.precis.test_command import ROOT, run
from tests.redis_server import RedisServer
from tests.service.test_urls import URL, StubFetcher

TEXT = "The council of Port Ellery voted on Monday to rebuild the harbour bridge, number {}."


class Fleet(NamedTuple):
    """Where the service is, and the Redis behind it."""

    url: str
    redis: redis.Redis

    def count_jobs(self) -> int:
        """Return how many jobs there are."""
        return len(self.redis.keys("precis:job:*:facts"))


@pytest.fixture(scope="module")
def running() -> Iterator[Fleet]:
    server = RedisServer()
    server.start()
    with Server(REDIS_URL=server.url) as web, WorkerProcess(REDIS_URL=server.url):
        yield Fleet(f"http://127.0.0.1:{web.port}", server.client())
    server.stop()


@pytest.fixture
def fleet(running: Fleet) -> Fleet:
    running.redis.flushall()
    return running


def write_lines(path: Path, *articles: Any) -> str:
    """Write an archive of JSON lines; strings go as they are."""
    lines = [each if isinstance(each, str) else json.dumps(each) for each in articles]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def make_articles(count: int) -> list[dict[str, str]]:
    return [{"id": f"n{i}", "text": TEXT.format(i)} for i in range(count)]


def read_results(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_lines_are_answered_in_order_and_a_repeat_posts_nothing(
    fleet: Fleet, tmp_path: Path
) -> None:
    archive = write_lines(tmp_path / "archive.jsonl", *make_articles(7))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    options = ("--to", "fr", "--short", "--chunk", "3")
    ran = run("batch", archive, str(first), *options, url=fleet.url)
    assert (ran.returncode, ran.stderr) == (0, b"")
    lines = read_results(first)
    assert [line["id"] for line in lines] == [f"n{i}" for i in range(7)]
    for line in lines:
        assert list(line["result"]["summaries"]) == ["short"]
        assert line["result"]["summaries"]["short"]["translations"]["fr"]["text"]
    assert fleet.count_jobs() == 3
    run("batch", archive, str(second), *options, url=fleet.url)
    assert second.read_bytes() == first.read_bytes()
    assert fleet.count_jobs() == 3
    run("batch", archive, str(first), *options, url=fleet.url)
    assert second.read_bytes() == first.read_bytes()


def test_a_killed_run_goes_on_where_its_file_ends(fleet: Fleet, tmp_path: Path) -> None:
    archive = write_lines(tmp_path / "archive.jsonl", *make_articles(60))
    results = tmp_path / "results.jsonl"
    options = ["batch", archive, str(results), "--chunk", "25", "--short"]
    command = subprocess.Popen(
        [sys.executable, "-m", "precis", *options],
        cwd=ROOT,
        env=os.environ | {"PRECIS_URL": fleet.url},
    )
    while not results.exists() or results.read_bytes().count(b"\n") < 5:
        assert command.poll() is None
        time.sleep(0.01)
    command.send_signal(signal.SIGKILL)
    command.wait()
    with results.open("ab") as file:
        file.write(b'{"id": "n')  # cut off in the middle of a line
    assert run(*options, url=fleet.url).returncode == 0
    assert [line["id"] for line in read_results(results)] == [f"n{i}" for i in range(60)]
    assert fleet.count_jobs() == 3
    answered = [fleet.redis.hmget(key, "done", "total") for key in fleet.redis.keys("*:facts")]
    assert all(done == total for done, total in answered)


def test_a_folder_of_texts_and_documents(fleet: Fleet, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    (folder / "2025").mkdir(parents=True)
    (folder / "2025" / "a.txt").write_text(TEXT.format("a"), encoding="utf-8-sig")
    (folder / "2025" / "b.html").write_bytes(samples.PAGE.encode("latin-1"))
    (folder / "2025" / "c.txt").write_bytes(b"caf\xe9")
    (folder / "d.TXT").write_text(TEXT.format("d"))
    (folder / "notes.xlsx").write_text("of another kind")
    results = tmp_path / "results.jsonl"
    ran = run("batch", str(folder), str(results), url=fleet.url)
    assert ran.returncode == 1
    assert b"1 of 4 articles failed" in ran.stderr
    a, b, c, d = read_results(results)
    assert [line["id"] for line in (a, b, c, d)] == [
        "2025/a.txt",
        "2025/b.html",
        "2025/c.txt",
        "d.TXT",
    ]
    assert b["result"]["document"]["title"] == "Le pont sera reconstruit"
    assert "mairesse" in b["result"]["source"]["text"]
    assert c["problem"]["status"] == 400
    assert d["result"]["source"]["language"] == "en"
    assert run("batch", str(folder), str(results), url=fleet.url).returncode == 1


def test_a_bad_line_fails_alone_in_its_place(fleet: Fleet, tmp_path: Path) -> None:
    good = make_articles(2)
    archive = write_lines(tmp_path / "a.jsonl", good[0], "{", {"id": 7, "text": "a"}, "", good[1])
    results = tmp_path / "results.jsonl"
    assert run("batch", archive, str(results), url=fleet.url).returncode == 1
    lines = read_results(results)
    assert [line["id"] for line in lines] == ["n0", None, None, "n1"]
    assert [line.get("problem", {}).get("status") for line in lines] == [None, 400, 422, None]


def test_what_the_service_cannot_read_keeps_its_id_and_the_run_goes_on(
    fleet: Fleet, tmp_path: Path
) -> None:
    long = {"id": "long", "text": "The council met. " * 60_000}
    archive = write_lines(tmp_path / "a.jsonl", long, {"id": "\ud800", "text": TEXT}, TEXT)
    results = tmp_path / "results.jsonl"
    for more in ([], [], ["--retry-failed"]):
        ran = run("batch", archive, str(results), "--short", *more, url=fleet.url)
        assert ran.returncode == 1
        assert [line["id"] for line in read_results(results)] == ["long", "\ud800", None]


def test_files_with_names_in_another_charset_are_read(fleet: Fleet, tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    for name in (b"caf\xe9.txt", b"caf\xe9.md"):
        (folder / os.fsdecode(name)).write_text(TEXT)
    ran = run("batch", str(folder), str(tmp_path / "out.jsonl"), "--short", url=fleet.url)
    assert (ran.returncode, ran.stderr) == (0, b"")


def write_sitemap(path: Path, *addresses: str) -> str:
    picture = "<i:image><i:loc>https://news.example/1.png</i:loc></i:image>"
    items = (f"<url><loc> {address}\n</loc>{picture}</url>" for address in addresses)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:i="urn:images"'
    path.write_text(f"<urlset {space}>{''.join(items)}</urlset>")
    return str(path)


def test_a_sitemap_where_the_service_fetches_addresses(open_service: Open, tmp_path: Path) -> None:
    sources = ArticleSources(IsolatedReader(Limits()), StubFetcher())
    sitemap = write_sitemap(tmp_path / "sitemap.xml", URL, "https://other.example/1")
    results = tmp_path / "results.jsonl"
    url = open_service(sources=sources, fetch_urls=True)
    assert run("batch", sitemap, str(results), "--to", "fr", url=url).returncode == 1
    found, refused = read_results(results)
    assert (found["id"], refused["id"]) == (URL, "https://other.example/1")
    assert found["result"]["document"]["url"] == f"{URL}/1"
    assert "mairesse" in found["result"]["source"]["text"]
    assert refused["problem"]["code"] == "url_refused"


def test_an_index_names_the_sitemaps_beside_it(tmp_path: Path) -> None:
    write_sitemap(tmp_path / "old.xml", "https://news.example/1", "https://news.example/2")
    new = Path(write_sitemap(tmp_path / "new.xml", "https://news.example/3"))
    (tmp_path / "new.xml.gz").write_bytes(gzip.compress(new.read_bytes()))
    names = ("maps/old.xml?page=1", "new.xml.gz")
    items = (f"<sitemap><loc>https://news.example/{name}</loc></sitemap>" for name in names)
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    (tmp_path / "index.xml").write_text(f"<sitemapindex {space}>{''.join(items)}</sitemapindex>")
    archive = open_archive(str(tmp_path / "index.xml"))
    assert [article.id for article in archive.read()] == [
        f"https://news.example/{number}" for number in (1, 2, 3)
    ]


def test_what_failed_is_sent_once_more_where_that_is_asked_for(
    open_service: Open, tmp_path: Path
) -> None:
    (tmp_path / "archive").mkdir()
    for name in ("a.html", "b.html", "c.html"):
        (tmp_path / "archive" / name).write_bytes(samples.PAGE.encode("latin-1"))
    bad = tmp_path / "archive" / "b.html"
    bad.write_bytes(b"")
    results = tmp_path / "results.jsonl"
    command = ("batch", str(tmp_path / "archive"), str(results), "--short")
    url = open_service()
    assert run(*command, url=url).returncode == 1
    first = results.read_bytes().splitlines()
    bad.write_bytes(samples.PAGE.encode("latin-1"))
    assert run(*command, url=url).returncode == 1
    assert results.read_bytes().splitlines() == first
    assert run(*command, "--retry-failed", url=url).returncode == 0
    second = results.read_bytes().splitlines()
    assert [line["id"] for line in read_results(results)] == ["a.html", "b.html", "c.html"]
    assert (second[0], second[2]) == (first[0], first[2])
    assert "result" in read_results(results)[1]
    assert [path.name for path in tmp_path.glob("results*")] == ["results.jsonl"]


def test_a_retry_is_a_new_job_and_the_same_one_when_it_is_ended_and_begun_again(
    fleet: Fleet, tmp_path: Path
) -> None:
    archive = write_lines(tmp_path / "archive.jsonl", "{", {"id": "n", "text": " "})
    results = tmp_path / "results.jsonl"
    command = ("batch", archive, str(results))
    assert run(*command, url=fleet.url).returncode == 1
    before = results.read_bytes()
    assert fleet.count_jobs() == 1
    assert run(*command, "--retry-failed", url=fleet.url).returncode == 1
    assert fleet.count_jobs() == 2
    results.write_bytes(before)  # as if it had been killed before its end
    (tmp_path / "results.jsonl.retried").write_bytes(b'{"id"')
    assert run(*command, "--retry-failed", url=fleet.url).returncode == 1
    assert fleet.count_jobs() == 2
    assert [line["problem"]["status"] for line in read_results(results)] == [400, 422]


def test_a_sitemap_where_it_does_not(open_service: Open, tmp_path: Path) -> None:
    sitemap, results = write_sitemap(tmp_path / "sitemap.xml", URL), tmp_path / "results.jsonl"
    assert run("batch", sitemap, str(results), url=open_service()).returncode == 1
    assert "PRECIS_FETCH_URLS" in read_results(results)[0]["problem"]["detail"]


def test_a_cancelled_job_ends_the_run_and_the_next_asks_again(fleet: Fleet) -> None:
    client, options = Client(fleet.url), SummaryOptions(lengths=["short"])
    lines = [json.dumps(article).encode() for article in make_articles(400)]
    job = Job(client, lines, options, 10)
    first = client.create_job(b"\n".join(lines), lengths=["short"], key="other")
    for key in fleet.redis.keys("*:facts"):
        if first not in key.decode():
            client.cancel_job(key.decode().split(":")[2])
    client.cancel_job(first)
    with pytest.raises(Cancelled):
        list(job.read(0))
    assert next(Job(client, lines, options, 10).read(0))["id"] == "n0"


def test_a_job_that_has_expired_is_sent_again(fleet: Fleet) -> None:
    lines = [json.dumps(article).encode() for article in make_articles(3)]
    job = Job(Client(fleet.url), lines, {}, 10)
    fleet.redis.flushall()
    assert [line["id"] for line in job.read(1)] == ["n1", "n2"]


def test_no_jobs_and_no_service_have_statuses(
    fleet: Fleet, tmp_path: Path, open_service: Open
) -> None:
    archive = write_lines(tmp_path / "archive.jsonl", *make_articles(1))
    ran = run("batch", archive, str(tmp_path / "results.jsonl"), url=open_service())
    assert (ran.returncode, b"jobs" in ran.stderr.lower()) == (65, True)
    ran = run("batch", archive, str(tmp_path / "no" / "results.jsonl"), url=fleet.url)
    assert (ran.returncode, b"No such file" in ran.stderr) == (66, True)


def test_results_of_another_archive_are_left_alone(fleet: Fleet, tmp_path: Path) -> None:
    archive = write_lines(tmp_path / "archive.jsonl", *make_articles(2))
    mine = '{"id": "n0"}\n'
    for content in ('{"id": "other", "result": {}}\n', "a diary\n", "a diary", mine * 3):
        results = tmp_path / "results.jsonl"
        results.write_text(content)
        ran = run("batch", archive, str(results), url=fleet.url)
        assert (ran.returncode, b"another file" in ran.stderr) == (66, True)
        assert results.read_text() == content


def test_the_wait_for_a_service_that_is_away_is_told_and_has_an_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    batch = Batch(Client("http://127.0.0.1:9"), {}, patience_seconds=0)
    with pytest.raises(Exception, match="no service answers"):
        list(batch.run(open_archive(str(ROOT / "seeds" / "articles"))))
    assert "no service answers at http://127.0.0.1:9" in caplog.text


def test_lines_may_be_packed_and_hold_addresses(tmp_path: Path) -> None:
    path = tmp_path / "archive.jsonl.gz"
    lines = [b'\xef\xbb\xbf{"id": "a", "text": "A."}\r\n', b"\n", b'{"id": "b", "url": "http://b"}']
    path.write_bytes(gzip.compress(b"".join(lines)))
    archive = open_archive(str(path))
    assert (archive.total, [article.id for article in archive.read()]) == (2, ["a", "b"])
    assert [article.sent for article in archive.read()] == [
        b'{"id": "a", "text": "A."}',
        {"url": "http://b"},
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.jsonl", "\n", "no articles"),
        ("broken.xml", "<urlset><url>", "not a sitemap"),
        ("index.xml", "<sitemapindex><sitemap/></sitemapindex>", "no articles"),
        (
            "index.xml",
            "<sitemapindex><sitemap><loc>https://a.example/b.xml</loc></sitemap></sitemapindex>",
            "put https://a.example/b.xml beside it",
        ),
        (
            "index.xml",
            "<sitemapindex><sitemap><loc>https://a.example/index.xml</loc></sitemap></sitemapindex>",
            "beside it",
        ),
        ("packed.xml.gz", "not packed", "not a sitemap"),
    ],
)
def test_what_is_no_archive_is_said(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(NoArchive, match=message):
        open_archive(str(tmp_path / name))


def test_a_terminal_sees_how_far_it_is(fleet: Fleet, tmp_path: Path) -> None:
    archive = write_lines(tmp_path / "archive.jsonl", *make_articles(3), "{")
    arguments = ["batch", archive, str(tmp_path / "results.jsonl")]
    terminal, other_end = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "precis", *arguments],
        cwd=ROOT,
        env=os.environ | {"PRECIS_URL": fleet.url},
        stderr=other_end,
        timeout=60,
    )
    os.close(other_end)
    told = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert "░ 0 of 4, 0 failed" in told
    assert "█ 4 of 4, 1 failed" in told
