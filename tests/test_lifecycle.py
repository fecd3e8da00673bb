"""The process under load: told to end, killed, started again; and clients by the hundred."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

from bench.server import Server

LIMIT_SECONDS = 30


class Clients:
    """Threads that post different texts, a new connection each, until they are told to stop."""

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._stopped = threading.Event()
        self.outcomes: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(number)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> Counter[str]:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        return self.outcomes

    def _work(self, name: int) -> None:
        turn = 0
        while not self._stopped.is_set():
            turn += 1
            outcome = self._post(f"Client {name} saw the bridge {turn} times. It was closed.")
            with self._lock:
                self.outcomes[outcome] += 1
            if outcome == "refused":
                time.sleep(0.05)

    def _post(self, text: str) -> str:
        """Return the status, or "refused" where no connection came about, or "lost"."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LIMIT_SECONDS)
        try:
            connection.connect()
        except OSError:
            return "refused"
        try:
            connection.request("POST", "/v1/summaries", text, {"Content-Type": "text/plain"})
            response = connection.getresponse()
            response.read()
            told = response.status != 503 or int(response.headers["Retry-After"]) > 0
            return str(response.status) if told else "503 without an end"
        except (OSError, http.client.HTTPException) as error:
            return f"lost: {type(error).__name__}"
        finally:
            connection.close()


def wait_until(true, limit: float = LIMIT_SECONDS) -> bool:
    until = time.monotonic() + limit
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False


def is_ready(server: Server) -> bool:
    try:
        return server.connect().get("/readyz") == 200
    except (OSError, http.client.HTTPException):
        return False


def test_no_accepted_request_is_dropped_when_it_is_told_to_end() -> None:
    with Server(REDIS_URL="") as server:
        clients = Clients(server.port, 8)
        assert wait_until(lambda: clients.outcomes["200"] > 20)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(LIMIT_SECONDS)
        assert wait_until(lambda: clients.outcomes["refused"] > 8)
        outcomes = clients.stop()
        assert server.process.returncode == 0
    assert set(outcomes) == {"200", "refused"}


def test_a_reload_loses_nobody() -> None:
    """SIGHUP: gunicorn starts a new worker, then ends the old one; the listener is of both.

    Some are 503, since the new worker has no models at first.
    """
    with Server(REDIS_URL="") as server:
        clients = Clients(server.port, 4)
        assert wait_until(lambda: clients.outcomes["200"] > 20)
        first = server.worker_pid()
        server.process.send_signal(signal.SIGHUP)
        assert wait_until(lambda: server.worker_pid() not in (0, first))
        before = clients.outcomes["200"]
        assert wait_until(lambda: clients.outcomes["200"] > before + 20)
        outcomes = clients.stop()
    assert set(outcomes) <= {"200", "503"}


def test_a_killed_worker_is_replaced_and_the_cache_is_intact(tmp_path: Path) -> None:
    text = "The bridge was closed on Monday. It will open in May."
    with Server(PRECIS_CACHE_DIRECTORY=str(tmp_path), REDIS_URL="") as server:
        assert server.connect().summarise(text)[1]["cache"] == "miss"
        clients = Clients(server.port, 4)
        assert wait_until(lambda: clients.outcomes["200"] > 5)
        first = server.worker_pid()
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: is_ready(server) and server.worker_pid() != first)
        assert clients.stop()["500"] == 0
        assert server.connect().summarise(text)[1]["cache"] == "hit"


def test_a_service_that_was_killed_starts_with_its_cache_intact(tmp_path: Path) -> None:
    text = "The bridge was closed on Monday. It will open in May."
    settings = {"PRECIS_CACHE_DIRECTORY": str(tmp_path), "REDIS_URL": ""}
    with Server(**settings) as server:
        server.connect().summarise(text)
        clients = Clients(server.port, 4)
        assert wait_until(lambda: clients.outcomes["200"] > 5)
        worker = server.worker_pid()
        server.process.kill()
        os.kill(worker, signal.SIGKILL)
        clients.stop()
    with Server(**settings) as server:
        assert server.connect().summarise(text)[1]["cache"] == "hit"


def test_a_hundred_clients_at_once_get_answers_and_it_stays_alive() -> None:
    """Some are 503 with `Retry-After`, since so many do not fit; none is lost."""
    settings = {"PRECIS_WEB_THREADS": "4", "PRECIS_WAITING_REQUESTS": "20", "REDIS_URL": ""}
    with Server(**settings) as server:
        clients = Clients(server.port, 100)
        for _ in range(10):
            assert server.connect().get("/livez") == 200
            time.sleep(0.2)
        outcomes = clients.stop()
    assert set(outcomes) == {"200", "503"}
