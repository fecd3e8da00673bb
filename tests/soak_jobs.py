"""`make soak-jobs`: a fleet of workers and web processes, each in a network namespace of its own.

Five hundred articles while a worker is killed, another is cut off from the network, a web process
and Redis are started again. Needs root, for the namespaces; writes a table of docs/reliability.md.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from pathlib import Path

from bench.articles import write_article
from bench.server import ROOT, Server
from bench.workers import WorkerProcess
from tests.job_faults import Fault, Outcome, count_answered, list_jobs, run_batch, write_archive
from tests.redis_server import RedisServer

DOCUMENT = ROOT / "docs" / "reliability.md"
ARTICLES, WORDS = 500, 400
CUT_OFF_SECONDS = 20
BRIDGE, NETWORK = "precis-soak", "10.213.47"


def run_ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


class Network:
    """A bridge, and namespaces that hang on it by a wire each."""

    def __enter__(self) -> Network:
        self._numbers = count(2)
        self._stack = ExitStack()
        run_ip("link", "add", BRIDGE, "type", "bridge")
        self._stack.callback(run_ip, "link", "del", BRIDGE)
        run_ip("addr", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        run_ip("link", "set", BRIDGE, "up")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self) -> Machine:
        """Return a machine of its own."""
        machine = Machine(next(self._numbers))
        self._stack.enter_context(machine.wired())
        return machine


class Machine:
    """A network namespace; what runs in it reaches the others by its wire alone."""

    def __init__(self, number: int) -> None:
        self._name = f"{BRIDGE}-{number}"
        self._wire = f"precis-w{number}"
        self.address = f"{NETWORK}.{number}"
        self.prefix = ("ip", "netns", "exec", self._name)

    @contextmanager
    def wired(self) -> Iterator[None]:
        """Be there inside the block."""
        run_ip("netns", "add", self._name)
        try:
            inside = ("netns", "exec", self._name, "ip")
            run_ip("link", "add", self._wire, "type", "veth", "peer", "eth0", "netns", self._name)
            run_ip("link", "set", self._wire, "master", BRIDGE, "up")
            run_ip(*inside, "addr", "add", f"{self.address}/24", "dev", "eth0")
            run_ip(*inside, "link", "set", "eth0", "up")
            run_ip(*inside, "link", "set", "lo", "up")
            yield
        finally:
            run_ip("netns", "del", self._name)

    def cut_off(self, seconds: float) -> threading.Timer:
        """Pull the wire, and put it in again after so many seconds."""
        run_ip("link", "set", self._wire, "down")
        timer = threading.Timer(seconds, run_ip, ("link", "set", self._wire, "up"))
        timer.start()
        return timer


def measure(folder: Path, is_faulty: bool) -> tuple[Outcome, int, int, bool]:
    """Return what came of a batch, jobs, answered articles, and whether a repeat is equal."""
    archive, results, again = (folder / name for name in ("in.jsonl", "out.jsonl", "again.jsonl"))
    write_archive(archive, [write_article(WORDS, f"soak {n}") for n in range(ARTICLES)])
    with Network() as network, ExitStack() as fleet:
        home, cut = network.add(), network.add()
        redis = RedisServer(folder, home.prefix, home.address)
        redis.start()
        fleet.callback(redis.stop)
        settings = {"REDIS_URL": redis.url, "PRECIS_ALLOW_ANONYMOUS": "true"}

        def serve() -> Server:
            place = network.add()
            return Server(prefix=place.prefix, PRECIS_HOST=place.address, **settings)

        web, other = (fleet.enter_context(serve()) for _ in range(2))
        victim, _, _ = (
            fleet.enter_context(WorkerProcess(place.prefix, **settings))
            for place in (network.add(), network.add(), cut)
        )
        faults = [
            Fault(60, victim.kill),
            Fault(150, lambda: fleet.callback(cut.cut_off(CUT_OFF_SECONDS).join)),
            Fault(250, web.restart),
            Fault(350, lambda: (redis.stop(), redis.start())),
        ]
        outcome = run_batch(web.url, redis, archive, results, faults if is_faulty else [])
        run_batch(other.url, redis, archive, again, [])
        with redis.client() as client:
            jobs, answered = len(list_jobs(client)), count_answered(client)
    return outcome, jobs, answered, again.read_bytes() == results.read_bytes()


def describe(is_faulty: bool) -> str:
    """Return what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        outcome, jobs, answered, is_equal = measure(Path(folder), is_faulty)
    ids = [line["id"] for line in outcome.lines]
    results = sum("result" in line for line in outcome.lines)
    order = "in order" if ids == [str(n) for n in range(ARTICLES)] else "NOT IN ORDER"
    twice = "none twice" if len(set(ids)) == len(ids) and answered == ARTICLES else "SOME TWICE"
    repeat = "is equal" if is_equal else "DIFFERS"
    return (
        f"{results} of {ARTICLES} results, {order}, {twice}, exit status {outcome.status}, "
        f"{outcome.seconds:.0f} s; read again from the other web process, it {repeat}, and there "
        f"are the same {jobs} jobs"
    )


def write_table(rows: list[tuple[str, str]]) -> None:
    """Put what was measured between the marks of the document."""
    begin, end = "<!-- begin soak-jobs -->", "<!-- end soak-jobs -->"
    test = "tests/test_running_jobs.py::test_no_article_is_lost_or_answered_twice_whatever_fails"
    lines = [
        f"Measured on {date.today()}, {len(os.sched_getaffinity(0))} cores for all, "
        f"Python {platform.python_version()}, {ARTICLES} articles of {WORDS} words with French.",
        "",
        "| trouble | how it is made | measured | test |",
        "|---|---|---|---|",
        *(
            f"| {name} | `measure` in `tests/soak_jobs.py` | {text} | `{test}` |"
            for name, text in rows
        ),
    ]
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    after = rest.partition(end)[2]
    DOCUMENT.write_text(f"{before}{begin}\n\n{chr(10).join(lines)}\n\n{end}{after}", "utf-8")


TROUBLES = {
    "jobs: nothing fails": False,
    f"jobs: of three workers one gets SIGKILL at 60 articles, one is off the network for "
    f"{CUT_OFF_SECONDS} s at 150; of two web processes the client's is restarted at 250; Redis is "
    "killed and started at 350": True,
}


def main() -> None:
    """Run both, say what came out, and write it down."""
    rows = []
    for name, is_faulty in TROUBLES.items():
        rows.append((name, describe(is_faulty)))
        print(": ".join(rows[-1]), flush=True)
    write_table(rows)


if __name__ == "__main__":
    sys.exit(main())
