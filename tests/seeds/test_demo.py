"""`seeds/demo.sh`, as `make demo` runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
NOBODY = "127.0.0.1:9"


def test_the_demo_needs_neither_the_proxy_nor_the_redis_of_who_runs_it() -> None:
    elsewhere = {"http_proxy": f"http://{NOBODY}", "REDIS_URL": f"redis://{NOBODY}"}
    shown = subprocess.run(
        ["bash", "seeds/demo.sh", str(Path(sys.executable).parent)],
        cwd=ROOT,
        env=os.environ | elsewhere,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "evidence:" in shown.stdout
    assert shown.stdout.rstrip().endswith("cache: hit")
