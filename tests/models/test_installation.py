"""Installation is whole or not at all, wherever it is killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from models.installation import install

# Installs a model in a child for each write, rename and sync, and kills it right before that one.
KILLED = """
import json, os, signal, sys
from pathlib import Path
from models.installation import install

source, models, log = map(Path, sys.argv[1:])
EVENTS = {"open", "os.rename", "os.symlink", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree",
          "shutil.copyfile"}

def write(text):
    def convert(_source, target):
        target.mkdir()
        for name in ("model.bin", "config.json"):
            (target / name).write_text(text)
    return convert

def put(text):
    facts = {"id": "a/b", "revision": text}
    install(source, models, "a--b", facts, write(text), lambda version: None)

def read():
    here = models / "a--b"
    places = [here / "ctranslate2/model.bin", here / "ctranslate2/config.json"]
    facts = json.loads((here / "precis.json").read_text())
    return [p.read_text() for p in places] + [facts["revision"]]

put("old")
seen, number = [], 0
while True:
    child = os.fork()
    if child == 0:
        left = number
        def count(event, arguments):
            global left
            if event in EVENTS and str(models) in str(arguments):
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
        sys.addaudithook(count)
        put("new")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    seen.append(read())
    if os.WIFEXITED(status):
        break
    if seen[-1][0] == "new":
        put("old")
    number += 1
leftovers = sorted(p.name for p in (models / ".versions").iterdir())
log.write_text(json.dumps({"seen": seen, "number": number, "leftovers": leftovers}))
"""


def test_killed_at_any_point_there_is_the_old_model_or_the_new_one(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "config.json").write_text("{}")
    log = tmp_path / "log.json"
    command = [sys.executable, "-c", KILLED, str(source), str(tmp_path / "models"), str(log)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(log.read_text())
    assert found["number"] > 15
    assert all(len(set(version)) == 1 for version in found["seen"])
    assert found["seen"][0] == ["old"] * 3
    assert found["seen"][-1] == ["new"] * 3
    assert len(found["leftovers"]) == 1  # the next installation clears up what was killed


def test_the_directory_can_be_moved_with_its_models(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    facts = {"id": "a/b", "revision": "1"}
    install(source, tmp_path / "here", "a--b", facts, lambda _, t: t.mkdir(), lambda _: None)
    (tmp_path / "here").rename(tmp_path / "there")
    assert (tmp_path / "there" / "a--b" / "precis.json").is_file()
