"""The service as a client sees it: start, first answers, known answers, memory."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from bench.server import ROOT, Client, Server

CLIENTS = 8
HITS_PER_CLIENT = 250


def _articles() -> dict[str, str]:
    files = sorted((ROOT / "seeds" / "articles").glob("*.txt"))
    return {path.name: path.read_text(encoding="utf-8") for path in files}


def _time_imports() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import ctranslate2, transformers"], check=True)
    return time.perf_counter() - started


def _hit(client: Client, text: str) -> None:
    for _ in range(HITS_PER_CLIENT):
        _, answer = client.summarise(text, targets=["fr"])
        if answer["cache"] != "hit":
            raise RuntimeError("an answer that was known was not taken from the cache")


def _measure_hits(server: Server, text: str) -> float:
    """Return hits per second of `CLIENTS` keep-alive connections."""
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda _: _hit(server.connect(), text), range(CLIENTS)))
    return CLIENTS * HITS_PER_CLIENT / (time.perf_counter() - started)


def measure() -> dict[str, float]:
    """Return the figures, names with their units."""
    articles = {name: text for name, text in _articles().items() if name.startswith("en-")}
    with Server() as server:
        client = server.connect()
        rest = server.resident_megabytes()
        first = [client.summarise(text, targets=["fr"])[0] for text in articles.values()]
        again = [client.summarise(text, targets=["fr"])[0] for text in articles.values()]
        hits = _measure_hits(server, next(iter(articles.values())))
        return {
            "start to ready, s": server.seconds_to_ready,
            "start to ready / import of ctranslate2 and transformers": server.seconds_to_ready
            / _time_imports(),
            "first answer with French, median ms": statistics.median(first) * 1000,
            "known answer, median ms": statistics.median(again) * 1000,
            "first / known": statistics.median(first) / statistics.median(again),
            f"known answers per second, {CLIENTS} clients": hits,
            "resident MB at rest": rest,
            f"resident after {CLIENTS * HITS_PER_CLIENT} requests / at rest": (
                server.resident_megabytes() / rest
            ),
        }
