"""Jobs: taken in, worked on and read, with a real Redis; the workers run in the test's process."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cache.jobs import RedisJobStore
from cache.protocols import JobsAway
from models.protocols import Overloaded
from models.stubs import StubSummariser
from service.app import create_app
from service.jobs import Jobs
from service.pipeline import Pipeline
from service.settings import Settings
from service.working import MAX_BLAMES, Worker
from tests.faulty_redis import FaultyRedis
from tests.redis_server import RedisServer
from tests.service.conftest import ARTICLE

LINES = "application/x-ndjson"


@pytest.fixture(scope="module")
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def job_store(redis_server: RedisServer) -> Iterator[RedisJobStore]:
    redis_server.client().flushall()
    store = RedisJobStore(redis_server.url, ttl_seconds=600)
    yield store
    store.close()


class Slow(io.RawIOBase):
    """A body that comes line by line."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        line = next(self._lines, b"")
        buffer[: len(line)] = line
        return len(line)


class Desk:
    """A web service, its queue, and a worker that works when told to."""

    def __init__(
        self, pipeline: Pipeline, store: RedisJobStore, keep_seconds: float = 30.0, **settings: Any
    ) -> None:
        self.published: list[tuple[str, str, int]] = []
        self.store = store
        jobs = Jobs(store, self._publish, "embedded", keep_seconds)
        self.app: Flask = create_app(Settings(**settings), pipeline, job_desk=jobs)
        self.client: FlaskClient = self.app.test_client()
        self.worker = Worker(store, self.app)

    def _publish(self, queue: str, job_id: str, firsts: Iterable[int]) -> None:
        self.published += [(queue, job_id, first) for first in firsts]

    def work(self) -> None:
        """Work on everything that was published."""
        while self.published:
            _, job_id, first = self.published.pop(0)
            self.worker.work(job_id, first)

    def post(self, articles: object, **options: object) -> str:
        """Return where the job is."""
        response = self.client.post("/v1/jobs", json={"articles": articles, **options})
        assert response.status_code == 202, response.get_json()
        return response.headers["Location"]

    def post_slowly(self, lines: Iterator[bytes], key: str) -> TestResponse:
        """Post lines as they come."""
        return self.app.test_client().post(
            "/v1/jobs",
            headers={"Idempotency-Key": key, "Content-Type": LINES},
            environ_overrides={"wsgi.input": Slow(lines), "wsgi.input_terminated": True},
        )

    def read(self, job: str) -> list[dict[str, Any]]:
        """Return the lines of the results."""
        response = self.client.get(f"{job}/results")
        assert response.mimetype == LINES
        return [json.loads(line) for line in response.get_data(as_text=True).splitlines() if line]


@pytest.fixture
def desk(pipeline: Pipeline, job_store: RedisJobStore) -> Desk:
    return Desk(pipeline, job_store)


def shorten(redis_server: RedisServer) -> None:
    """Leave a second to every key of the jobs, as at the end of their time."""
    client = redis_server.client()
    for key in client.keys("precis:job:*"):
        client.expire(key, 1)


def articles(count: int) -> list[dict[str, str]]:
    return [{"id": f"n{i}", "text": f"{ARTICLE} It was number {i}."} for i in range(count)]


def test_a_job_is_answered_in_order_as_single_requests_are(desk: Desk) -> None:
    job = desk.post(articles(40), targets=["fr"], lengths=["short"])
    assert desk.client.get(job).get_json()["status"] == "queued"
    desk.work()
    lines = desk.read(job)
    assert [line["id"] for line in lines] == [f"n{i}" for i in range(40)]
    body = {**articles(40)[7], "targets": ["fr"], "lengths": ["short"]}
    del body["id"]
    single = desk.client.post("/v1/summaries", json=body).get_json()
    assert lines[7]["result"] | {"cache": "hit"} == single
    state = desk.client.get(job).get_json()
    assert (state["status"], state["done"], state["failed"], state["total"]) == ("done", 40, 0, 40)


def test_lines_take_their_options_from_the_query(desk: Desk) -> None:
    body = "\n\n".join(json.dumps(article) for article in articles(3))
    response = desk.client.post(
        "/v1/jobs?lengths=short&targets=fr,es", data=body, content_type=LINES
    )
    desk.work()
    for line in desk.read(response.headers["Location"]):
        assert list(line["result"]["summaries"]) == ["short"]
        assert list(line["result"]["summaries"]["short"]["translations"]) == ["fr", "es"]


def test_a_bad_article_fails_alone_with_its_problem_in_its_place(desk: Desk) -> None:
    bad: list[Any] = [
        {"id": "empty", "text": " "},
        {"id": "none"},
        {"id": 7, "text": ARTICLE},
        {"id": "unknown", "text": ARTICLE, "color": 1},
        {"id": "address", "url": "https://news.example/1"},
        {"id": "language", "text": ARTICLE, "targets": ["ru"]},
        "a text",
        None,
        {"id": "long", "text": "a " * 300_000},
    ]
    job = desk.post([articles(1)[0], *bad, {"id": "own", "text": ARTICLE, "lengths": ["long"]}])
    desk.work()
    first, *failed, own = desk.read(job)
    assert list(own["result"]["summaries"]) == ["long"]
    assert first["result"]["summaries"]
    assert [line["id"] for line in failed] == [
        "empty", "none", None, "unknown", "address", "language", None, None, "long",
    ]  # fmt: skip
    codes = [(line["problem"]["status"], line["problem"]["code"]) for line in failed]
    assert codes == [(422, "invalid_values")] * 5 + [
        (422, "unsupported_language"),
        (400, "malformed_body"),
        (400, "malformed_body"),
        (413, "too_large"),
    ]
    assert desk.client.get(job).get_json()["failed"] == len(bad)


def test_a_line_that_is_no_json_or_too_long_fails_alone(
    pipeline: Pipeline, job_store: RedisJobStore
) -> None:
    desk = Desk(pipeline, job_store, max_body_bytes=1000)
    lines = ['{"text": ', '{"text": "' + "a" * 2000 + '"}', "[" * 900, json.dumps(articles(1)[0])]
    body = ("\ufeff" + "\r\n".join(lines)).encode()
    job = desk.client.post("/v1/jobs", data=body, content_type=LINES).headers["Location"]
    desk.work()
    *bad, good = desk.read(job)
    assert [line["problem"]["status"] for line in bad] == [400, 400, 400]
    assert good["id"] == "n0"


@pytest.mark.parametrize(
    "field",
    ['"a": NaN', '"a": [-Infinity]', '"a": 1e999', r'"id": "\ud800"', r'"\udfff": 1'],
)
def test_a_line_with_what_json_cannot_hold_fails_alone(desk: Desk, field: str) -> None:
    body = f'{json.dumps(articles(1)[0])}\n{{"text": "The bridge is long.", {field}}}'
    response = desk.client.post("/v1/jobs", data=body, content_type=LINES)
    assert response.status_code == 202, response.get_json()
    desk.work()
    good, bad = desk.read(response.headers["Location"])
    assert good["id"] == "n0"
    assert (bad["problem"]["status"], bad["problem"]["code"]) == (400, "malformed_body")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"articles": [{"text": "a"}', 400),
        ('{"articles": [{"text": "a"}]} x', 400),
        ("[]", 400),
        ("7", 400),
        ("", 400),
        ('{"articles": ' + "[" * 10_000 + "]" * 10_000 + "}", 400),
        ('{"articles": []}', 422),
        ('{"articles": 7}', 422),
        ('{"articles": {"text": "a"}}', 422),
        ("{}", 422),
        ('{"articles": [{"text": "a"}], "articles": [{"text": "b"}]}', 422),
        ('{"articles": [{"text": "a"}], "lengths": ["huge"]}', 422),
        ('{"articles": [{"text": "a"}], "targets": "fr"}', 422),
        ('{"articles": [{"text": "a"}], "articles.item": 1}', 422),
        ('{"articles": [{"text": "a"}], "source": "en", "source": "fr"}', 422),
        (json.dumps({"articles": [{"text": "a"}] * 11}), 422),
        (json.dumps({"articles": [{"text": "a" * 400_000}]}), 413),
        (json.dumps({"articles": [{"text": "a" * 90_000}] * 9}), 413),
    ],
)
def test_a_document_that_cannot_be_used_is_refused_whole(
    pipeline: Pipeline, job_store: RedisJobStore, redis_server, body: str, status: int
) -> None:
    desk = Desk(
        pipeline, job_store, job_max_articles=10, max_body_bytes=100_000, job_max_bytes=700_000
    )
    headers = {"Idempotency-Key": "k"}
    response = desk.client.post(
        "/v1/jobs", data=body, content_type="application/json", headers=headers
    )
    assert response.status_code == status, response.get_json()
    assert response.mimetype == "application/problem+json"
    assert not desk.published
    assert not redis_server.client().keys()


def test_a_body_over_the_limit_is_told_the_limit(
    pipeline: Pipeline, job_store: RedisJobStore
) -> None:
    desk = Desk(pipeline, job_store, job_max_bytes=2000)
    response = desk.client.post("/v1/jobs", data=b"\n" * 5000, content_type=LINES)
    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (413, "too_large")
    assert "2000 bytes" in problem["detail"]


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Content-Type": "text/plain"}, "", 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "", 415),
        ({"Content-Type": "application/json"}, "?targets=fr", 422),
        ({"Content-Type": LINES}, "?target=fr", 422),
        ({"Content-Type": LINES}, "?targets=fr&targets=de", 422),
        ({"Content-Type": "application/json", "Idempotency-Key": "k" * 300}, "", 422),
    ],
)
def test_a_wrong_request_is_refused(desk: Desk, headers: dict, query: str, status: int) -> None:
    body = '{"articles": [{"text": "a"}]}'
    response = desk.client.post(f"/v1/jobs{query}", data=body, headers=headers)
    assert response.status_code == status, response.get_json()


def test_the_same_request_with_its_key_again_is_the_same_job(desk: Desk) -> None:
    def post(key: str, count: int) -> Any:
        body = {"articles": articles(count)}
        return desk.client.post("/v1/jobs", json=body, headers={"Idempotency-Key": key})

    first, again, other = post("a", 2), post("a", 2), post("b", 2)
    assert first.get_json() == again.get_json() != other.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(desk.published) == 2
    assert post("a", 3).status_code == 422


def test_a_key_whose_request_is_still_read_is_a_conflict(desk: Desk) -> None:
    def lines() -> Iterator[bytes]:
        yield json.dumps(articles(1)[0]).encode() + b"\n"
        body = {"articles": articles(1)}
        headers = {"Idempotency-Key": "k"}
        seen.append(desk.client.post("/v1/jobs", json=body, headers=headers).status_code)

    seen: list[int] = []
    response = desk.post_slowly(lines(), "k")
    assert (response.status_code, seen) == (202, [409])


def test_an_upload_lives_for_as_long_as_it_takes(
    pipeline: Pipeline, job_store: RedisJobStore, redis_server: RedisServer
) -> None:
    desk = Desk(pipeline, job_store, keep_seconds=0.1)
    first, second = (json.dumps(article).encode() + b"\n" for article in articles(2))

    def lines() -> Iterator[bytes]:
        yield first
        shorten(redis_server)
        time.sleep(1.2)
        yield second

    response = desk.post_slowly(lines(), "k")
    assert response.status_code == 202, response.get_json()
    assert desk.client.get(response.headers["Location"]).get_json()["total"] == 2
    assert desk.post_slowly(iter([first, second]), "k").get_json() == response.get_json()


def test_an_upload_that_was_lost_is_refused_and_takes_the_name_of_no_other(
    desk: Desk, redis_server: RedisServer
) -> None:
    line = json.dumps(articles(1)[0]).encode()

    def lines() -> Iterator[bytes]:
        yield line
        redis_server.client().flushall()
        others.append(desk.post_slowly(iter([line]), "k").get_json())

    others: list[Any] = []
    lost = desk.post_slowly(lines(), "k")
    assert (lost.status_code, lost.get_json()["code"]) == (503, "jobs_away")
    assert len(desk.published) == 1
    assert desk.post_slowly(iter([line]), "k").get_json() == others[0]


def test_a_lost_upload_is_neither_appended_to_nor_sealed(
    job_store: RedisJobStore, redis_server: RedisServer
) -> None:
    job_store.open("job", "")
    redis_server.client().flushall()
    with pytest.raises(JobsAway):
        job_store.append("job", {0: {"text": ARTICLE}})
    with pytest.raises(JobsAway):
        job_store.seal("job", 1, {}, 16, "", "embedded")
    assert not redis_server.client().keys()


def test_an_upload_whose_last_answer_was_lost_is_a_job(redis_server: RedisServer) -> None:
    redis_server.client().flushall()
    with FaultyRedis(redis_server.port) as proxy:
        store = RedisJobStore(proxy.url, ttl_seconds=600)
        for lost in (0, 1):  # Redis knows the script when it counts
            store.open(f"job {lost}", "")
            store.append(f"job {lost}", {0: {"text": ARTICLE}})
            proxy.answers_to_lose = lost
            assert store.seal(f"job {lost}", 1, {}, 16, "", "embedded") == [0]


def test_what_cannot_be_given_an_end_is_not_begun(redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.flushall()
    client.acl_setuser(
        "limited", enabled=True, nopass=True, keys=["*"], commands=["+@all", "-expire"]
    )
    try:
        limited = redis_server.url.replace("://", "://limited:x@")
        with pytest.raises(JobsAway):
            RedisJobStore(limited, ttl_seconds=600).open("job", "")
    finally:
        client.acl_deluser("limited")
    assert not client.keys()


def test_a_job_belongs_to_its_key(pipeline: Pipeline, job_store: RedisJobStore) -> None:
    desk = Desk(pipeline, job_store, api_keys="first,second")
    body = {"articles": articles(1)}
    assert desk.client.post("/v1/jobs", json=body).status_code == 401
    first, second = {"X-API-Key": "first"}, {"X-API-Key": "second"}
    job = desk.client.post("/v1/jobs", json=body, headers=first).headers["Location"]
    for path in (job, f"{job}/results", f"{job}/events"):
        assert desk.client.get(path, headers=second).status_code == 404
    assert desk.client.delete(job, headers=second).status_code == 404
    assert desk.client.get(job, headers=first).status_code == 200


def test_the_characters_of_a_job_count_as_those_of_its_requests(
    pipeline: Pipeline, job_store: RedisJobStore, redis_server: RedisServer
) -> None:
    desk = Desk(pipeline, job_store, daily_characters=1000)
    refused = desk.client.post("/v1/jobs", json={"articles": articles(6)})
    assert (refused.status_code, refused.get_json()["code"]) == (413, "too_large")
    assert not redis_server.client().keys()
    assert desk.post(articles(3))
    refused = desk.client.post("/v1/jobs", json={"articles": articles(3)})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "quota_exceeded")


def test_results_stream_while_the_job_runs(desk: Desk) -> None:
    job = desk.post(articles(20))
    _, job_id, first = desk.published.pop(0)
    desk.worker.work(job_id, first)
    lines = iter(desk.client.get(f"{job}/results").response)
    some = [next(lines) for _ in range(16)]
    worker = threading.Thread(target=desk.work)
    worker.start()
    rest = [line for line in lines if line.strip()]
    worker.join()
    assert [json.loads(line)["id"] for line in some + rest] == [f"n{i}" for i in range(20)]


def test_results_can_be_read_on_from_where_a_client_stopped(desk: Desk) -> None:
    job = desk.post(articles(3))
    desk.work()
    response = desk.client.get(f"{job}/results?offset=2")
    assert json.loads(response.get_data())["id"] == "n2"
    assert desk.client.get(f"{job}/results?offset=9").get_data() == b""
    for wrong in ("offset=-1", "offset=x", "offset="):
        response = desk.client.get(f"{job}/results?{wrong}")
        assert (response.status_code, response.get_json()["code"]) == (422, "invalid_values")


def test_events_tell_progress_and_the_end(desk: Desk) -> None:
    job = desk.post(articles(20))
    stream = iter(desk.client.get(f"{job}/events").response)
    opening = next(stream)
    desk.work()
    events = [opening, *stream]
    text = b"".join(event if isinstance(event, bytes) else event.encode() for event in events)
    names = [line for line in text.decode().splitlines() if line.startswith("event: ")]
    assert names[0] == "event: progress"
    assert names[-1] == "event: done"
    last = json.loads(text.decode().strip().rpartition("data: ")[2])
    assert (last["status"], last["done"]) == ("done", 20)


def test_a_cancelled_job_keeps_what_is_done_and_drops_the_rest(desk: Desk, redis_server) -> None:
    job = desk.post(articles(40))
    _, job_id, first = desk.published.pop(0)
    desk.worker.work(job_id, first)
    state = desk.client.delete(job).get_json()
    assert (state["status"], state["done"]) == ("cancelled", 16)
    desk.work()
    assert len(desk.read(job)) == 16
    assert b"event: done" in desk.client.get(f"{job}/events").get_data()
    assert not redis_server.client().exists(f"precis:job:{job_id}:articles")
    assert desk.client.delete(job).get_json()["status"] == "cancelled"


def test_an_unknown_job_is_a_404(desk: Desk) -> None:
    for path in ("/v1/jobs/nothing", "/v1/jobs/nothing/results", "/v1/jobs/nothing/events"):
        response = desk.client.get(path)
        assert (response.status_code, response.get_json()["code"]) == (404, "job_unknown")


def test_without_jobs_the_rest_of_the_service_runs(client: FlaskClient) -> None:
    response = client.post("/v1/jobs", json={"articles": articles(1)})
    assert (response.status_code, response.get_json()["code"]) == (404, "no_jobs")
    assert client.get("/v1/jobs/x").get_json()["code"] == "no_jobs"


def test_more_streams_than_half_the_threads_are_refused(
    pipeline: Pipeline, job_store: RedisJobStore
) -> None:
    desk = Desk(pipeline, job_store, web_threads=2)
    job = desk.post(articles(1))
    open_stream = desk.client.get(f"{job}/results")
    refused = desk.client.get(f"{job}/events")
    assert (refused.status_code, refused.get_json()["code"]) == (503, "overcrowded")
    open_stream.close()
    desk.work()
    assert desk.client.get(f"{job}/events").status_code == 200


def test_a_batch_is_worked_on_by_one_worker_and_by_another_when_that_is_silent(
    desk: Desk, redis_server: RedisServer
) -> None:
    store = RedisJobStore(redis_server.url, ttl_seconds=600, lease_seconds=1)
    job_id = desk.post(articles(3)).rpartition("/")[2]
    assert store.take(job_id, 0, "dead")
    assert store.take(job_id, 0, "other") is None
    assert store.list_overdue("queue:", "embedded") == []
    time.sleep(2.1)
    assert store.list_overdue("queue:", "embedded") == [("embedded", job_id, 0)]
    assert not store.renew(job_id, 0, "dead")
    desk.work()
    assert len(desk.read(f"/v1/jobs/{job_id}")) == 3
    assert store.list_overdue("queue:", "embedded") == []


def test_a_batch_that_the_broker_lost_is_overdue_once_its_queue_is_empty(
    desk: Desk, redis_server: RedisServer
) -> None:
    store = RedisJobStore(redis_server.url, ttl_seconds=600, lease_seconds=1)
    store.open("lost", "")
    store.append("lost", {0: {"text": ARTICLE}})
    store.seal("lost", 1, {}, 16, "", "embedded")
    redis_server.client().lpush("queue:embedded", "another batch")
    time.sleep(2.1)
    assert store.list_overdue("queue:", "embedded") == []
    redis_server.client().delete("queue:embedded")
    assert store.list_overdue("queue:", "embedded") == [("embedded", "lost", 0)]


def test_a_result_is_written_once(desk: Desk) -> None:
    job_id = desk.post(articles(2)).rpartition("/")[2]
    desk.store.take(job_id, 0, "w")
    for result in ("first", "second"):
        desk.store.finish(job_id, 0, result, failed=False)
    facts = desk.store.describe(job_id)
    assert facts is not None
    assert (facts.done, facts.status) == (1, "running")
    assert desk.store.read_results(job_id, [0, 1]) == ["first", None]


class Death(BaseException):
    """Ends a worker in the middle of its batch, as a crash would: nothing is given back."""


class MortalSummariser(StubSummariser):
    """Dies of one article."""

    def summarise(self, article: Any, *args: Any, **kwargs: Any) -> Any:
        if "number 5." in article.text:
            raise Death
        return super().summarise(article, *args, **kwargs)


def test_an_article_that_ends_its_workers_fails_alone(desk: Desk, models) -> None:
    object.__setattr__(models, "summariser", MortalSummariser())
    job = desk.post(articles(20))
    deaths = 0
    while desk.published:
        _, job_id, first = desk.published[0]
        try:
            desk.worker.work(job_id, first)
            del desk.published[0]
        except Death:
            deaths += 1
    lines = desk.read(job)
    assert deaths == 1 + MAX_BLAMES
    assert [line["id"] for line in lines if "problem" in line] == ["n5"]
    assert lines[5]["problem"]["code"] == "abandoned"
    assert [line["id"] for line in lines] == [f"n{i}" for i in range(20)]


def test_a_worker_that_was_ended_by_something_else_blames_nobody(desk: Desk) -> None:
    job = desk.post(articles(3))
    for _ in range(5):
        desk.store.take(job.rpartition("/")[2], 0, desk.worker.name)
    desk.work()
    assert all("result" in line for line in desk.read(job))


def test_a_job_that_ended_meanwhile_leaves_no_key(desk: Desk, redis_server: RedisServer) -> None:
    job_id = desk.post(articles(1)).rpartition("/")[2]
    desk.store.take(job_id, 0, "w")
    redis_server.client().flushall()
    desk.store.note(job_id, 0, 0)
    desk.store.finish(job_id, 0, "result", failed=False)
    desk.store.release(job_id, 0, "w")
    assert not redis_server.client().keys()


def test_a_result_that_was_damaged_is_told_in_its_place(
    desk: Desk, redis_server: RedisServer
) -> None:
    job = desk.post([{"id": str(n), "text": ARTICLE} for n in range(3)])
    desk.work()
    results = f"precis:job:{job.rpartition('/')[2]}:results"
    redis_server.client().hset(results, "1", b"no result of ours")
    first, damaged, last = desk.read(job)
    assert (first["id"], last["id"]) == ("0", "2")
    assert damaged["id"] is None
    assert damaged["problem"]["code"] == "result_damaged"


def test_no_time_left_is_negative_where_redis_has_another_clock(
    desk: Desk, redis_server: RedisServer
) -> None:
    job = desk.post([{"text": ARTICLE}] * 17)
    desk.worker.work(job.rpartition("/")[2], 0)
    begun_later = int(time.time()) + 3600  # in the clock of another machine
    redis_server.client().hset(f"precis:job:{job.rpartition('/')[2]}:facts", "started", begun_later)
    assert desk.client.get(job).get_json()["seconds_left"] == 0


def test_an_article_that_was_damaged_fails_alone(desk: Desk, redis_server: RedisServer) -> None:
    job = desk.post(articles(3))
    redis_server.client().hset(f"precis:job:{job.rpartition('/')[2]}:articles", "1", b"garbage")
    desk.work()
    assert ["problem" in line for line in desk.read(job)] == [False, True, False]


class BusySummariser(StubSummariser):
    """Is overloaded at first."""

    def summarise(self, *args: Any, **kwargs: Any) -> Any:
        if not self.calls:
            self.calls += 1
            raise Overloaded("later")
        return super().summarise(*args, **kwargs)


class BrokenSummariser(StubSummariser):
    """Has a bug."""

    def summarise(self, *args: Any, **kwargs: Any) -> Any:
        raise KeyError("a detail of the inside")


@pytest.mark.parametrize(("summariser", "code"), [(BusySummariser, None), (BrokenSummariser, 500)])
def test_overload_is_waited_out_and_a_bug_fails_its_article_alone(
    desk: Desk, models, pipeline, job_store, summariser: type, code: int | None
) -> None:
    object.__setattr__(models, "summariser", summariser())
    job = desk.post(articles(1))
    desk.work()
    line = desk.read(job)[0]
    assert line.get("problem", {}).get("status") == code
    assert "detail of the inside" not in json.dumps(line)


def test_redis_away_is_a_503(pipeline: Pipeline) -> None:
    desk = Desk(pipeline, RedisJobStore("redis://127.0.0.1:9", 600))
    for response in (
        desk.client.post("/v1/jobs", json={"articles": articles(1)}),
        desk.client.get("/v1/jobs/x"),
    ):
        assert (response.status_code, response.get_json()["code"]) == (503, "jobs_away")
        assert response.headers["Retry-After"]


def test_a_full_redis_takes_no_job(desk: Desk, redis_server: RedisServer) -> None:
    client = redis_server.client()
    client.config_set("maxmemory", client.info("memory")["used_memory"])
    try:
        response = desk.client.post("/v1/jobs", json={"articles": articles(1)})
        assert (response.status_code, response.get_json()["code"]) == (503, "jobs_away")
    finally:
        client.config_set("maxmemory", 0)


def test_every_key_of_a_job_expires(desk: Desk, redis_server: RedisServer) -> None:
    job = desk.post(articles(20))
    client = redis_server.client()
    desk.store.open("broken-off", "")
    for _ in range(2):
        assert all(client.ttl(key) > 0 for key in client.keys("precis:job:*"))
        desk.work()
    assert client.smembers("precis:jobs:active") == set()
    assert len(desk.read(job)) == 20


def test_a_job_that_waits_lives_on_where_there_are_workers_for_it(
    desk: Desk, redis_server: RedisServer
) -> None:
    line = json.dumps(articles(1)[0]).encode()
    first = desk.post_slowly(iter([line]), "k")
    nobodys = desk.post(articles(1), profile="hub")
    shorten(redis_server)
    desk.store.list_overdue("queue:", "embedded")
    time.sleep(1.2)
    again = desk.post_slowly(iter([line]), "k")
    assert again.get_json() == first.get_json()
    desk.work()
    assert len(desk.read(first.headers["Location"])) == 1
    assert desk.client.get(nobodys).status_code == 404


def test_a_job_that_is_done_keeps_its_key(desk: Desk, redis_server: RedisServer) -> None:
    line = json.dumps(articles(1)[0]).encode()
    first = desk.post_slowly(iter([line]), "k")
    shorten(redis_server)
    desk.work()
    time.sleep(1.2)
    again = desk.post_slowly(iter([line]), "k")
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
