"""`make bench`: run every benchmark, print a table, write `bench/results.json`."""

from __future__ import annotations

import datetime
import json
import os
import platform
from pathlib import Path

from bench import engines, requests

RESULTS = Path(__file__).parent / "results.json"


def _describe_machine() -> dict[str, object]:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {"cpu": cpu, "cores": os.cpu_count(), "python": platform.python_version()}


def main() -> None:
    """Measure, print and write."""
    figures = engines.measure() | requests.measure()
    rounded = {name: float(f"{value:.3g}") for name, value in figures.items()}
    width = max(map(len, rounded))
    for name, value in rounded.items():
        print(f"{name:<{width}}  {value:g}")
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    results = {"date": day, "machine": _describe_machine(), "figures": rounded}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
