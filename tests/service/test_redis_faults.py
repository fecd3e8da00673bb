"""Whatever Redis does, requests succeed; it is said once, and it is used again by itself."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest
import trustme
from flask.testing import FlaskClient

from cache.redis import RedisStore
from cache.single_flight import SingleFlight
from service.app import create_app
from service.pipeline import Pipeline
from service.settings import Settings
from service.telemetry import Metrics
from tests.faulty_redis import HARMS, READS, FaultyRedis
from tests.redis_server import RedisServer

RECOVERY_SECONDS = 5
numbers = count()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    server = RedisServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def proxy(server: RedisServer) -> Iterator[FaultyRedis]:
    with FaultyRedis(server.port) as proxy:
        yield proxy


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def client(models, proxy: FaultyRedis, metrics: Metrics) -> Iterator[FlaskClient]:
    """The service with its cache and its limits in the Redis behind the proxy."""
    store = RedisStore(proxy.url, observe=metrics.note_breaker)
    pipeline = Pipeline(lambda: models, store, SingleFlight(store))
    settings = Settings(redis_url=proxy.url, rate_limit_per_minute=100_000)
    yield create_app(settings, pipeline, metrics).test_client()
    store.close()


def ask(client: FlaskClient, number: int) -> str:
    """Summarise an article of that number; return the state of the cache."""
    text = f"The ferry {number} was late on Monday. It carried {number} cars. Nobody was hurt."
    response = client.post("/v1/summaries", json={"text": text})
    assert response.status_code == 200, response.text
    return response.get_json()["cache"]


def wait_for_hit(client: FlaskClient) -> None:
    """Ask until an answer is remembered again."""
    until = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < until:
        number = next(numbers)
        ask(client, number)
        if ask(client, number) == "hit":
            return
        time.sleep(0.05)
    pytest.fail(f"Redis was not used again within {RECOVERY_SECONDS} s")


def is_open(metrics: Metrics, name: str) -> bool:
    return metrics.registry.get_sample_value("precis_breaker_open", {"name": name}) == 1


@pytest.mark.parametrize("name", HARMS)
def test_requests_succeed_it_is_said_once_and_recovers(
    name: str,
    client: FlaskClient,
    server: RedisServer,
    proxy: FaultyRedis,
    metrics: Metrics,
    caplog: pytest.LogCaptureFixture,
) -> None:
    breaker = "Redis for writing" if name in READS else "Redis"
    wait_for_hit(client)
    with HARMS[name](server, proxy):
        assert [ask(client, next(numbers)) for _ in range(5)] == ["miss"] * 5
        assert is_open(metrics, breaker)
    wait_for_hit(client)
    assert not is_open(metrics, breaker)
    assert caplog.text.count(f"{breaker} is away") == 1
    assert caplog.text.count(f"{breaker} is back") == 1


def test_a_cache_that_evicts_everything_is_a_miss(client: FlaskClient, server: RedisServer) -> None:
    wait_for_hit(client)
    number = next(numbers)
    for _ in range(2):
        assert ask(client, number) == "miss"
        assert ask(client, number) == "hit"
        with server.client() as admin:
            admin.flushall()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: value[: len(value) // 2],
        lambda value: b"",
        lambda value: b"\x00" + value[1:],
        lambda value: value[:-1] + bytes([value[-1] ^ 1]),
        lambda value: b"\x80\x04\x95pickle",
        lambda value: b"{}",
    ],
    ids=["truncated", "empty", "older", "damaged", "pickle", "json"],
)
def test_values_that_are_not_ours_are_misses(
    spoil: Callable[[bytes], bytes], client: FlaskClient, server: RedisServer
) -> None:
    wait_for_hit(client)
    number = next(numbers)
    ask(client, number)
    with server.client() as admin:
        for key in list(admin.scan_iter("precis:*", count=1000)):
            if admin.type(key) == b"string" and b"limits" not in key:
                admin.set(key, spoil(admin.get(key) or b"\x01"), keepttl=True)
    assert ask(client, number) == "miss"
    assert ask(client, number) == "hit"


def test_a_user_with_a_password_over_tls(server: RedisServer, tmp_path) -> None:
    """A certificate that its authority did not sign is an outage, not an answer."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    with server.client() as admin, FaultyRedis(server.port, tls=context) as proxy:
        admin.acl_setuser(
            "precis", enabled=True, passwords=["+hush"], keys=["precis:*"], categories=["+@all"]
        )
        url = f"rediss://precis:hush@localhost:{proxy.port}/0?ssl_ca_certs={tmp_path}"
        store, stranger = RedisStore(f"{url}/ca.pem"), RedisStore(f"{url}/other.pem")
        until = time.monotonic() + RECOVERY_SECONDS  # a handshake may come too late at first
        while store.get_many(["a"]) != {"a": 1} and time.monotonic() < until:
            store.set_many({"a": 1})
            time.sleep(0.05)
        assert store.get_many(["a"]) == {"a": 1}
        assert stranger.get_many(["a"]) == {}
        for each in (store, stranger):
            each.close()
