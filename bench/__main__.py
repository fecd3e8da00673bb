"""`make bench`: run every benchmark, print the table, write the results and charts."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from bench import engines, memory, requests, scaling, start
from bench.figures import Figure, write_table

RESULTS = Path(__file__).parent / "results.json"
_DIGITS = 3


def _describe_machine() -> dict[str, object]:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    # What else ran: an idle machine has a load near 0 before.
    load = round(os.getloadavg()[0], 1)
    return {"cpu": cpu, "cores": os.cpu_count(), "python": platform.python_version(), "load": load}


def _round(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")


def _write(figures: list[Figure], machine: dict[str, object], grown: dict[str, object]) -> None:
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    rows = [
        asdict(f) | {"value": _round(f.value), "other": _round(f.other), "ratio": _round(f.ratio)}
        for f in figures
    ]
    results = {"date": day, "machine": machine, "figures": rows, "scaling": grown}
    RESULTS.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print and write."""
    argparse.ArgumentParser(prog="python -m bench", description=__doc__).parse_args()
    machine = _describe_machine()
    figures: list[Figure] = []
    for part in (start, engines, requests, memory):
        print(f"{part.__doc__}", flush=True)
        figures += part.measure()
    print(f"{scaling.__doc__}\n", flush=True)
    grown = {
        axis: {str(work): _round(seconds) for work, seconds in series.items()}
        for axis, series in scaling.measure().items()
    }
    print(write_table(figures), json.dumps(grown, indent=2), sep="\n\n")
    _write(figures, machine, dict(grown))


if __name__ == "__main__":
    main()
