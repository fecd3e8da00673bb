"""Fetching: from a hub on the loopback, resumed, verified, converted; refusals are one line."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.catalogue import Means, check_model, find_entry, open_model
from models.engines.conversion import convert
from models.fetch import fetch
from models.protocols import ModelMissing
from tests.models.fake_hub import COMMIT, FakeHub, serve
from tests.models.hub_models import make_hub_model
from tests.models.tiny import LINES

CARD = "---\nlanguage:\n- en\nlicense: cc-by-nc-4.0\n---\n# A model\n"


@pytest.fixture(scope="module")
def m2m100(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_hub_model("m2m100", tmp_path_factory.mktemp("m2m100"))
    (folder / "README.md").write_text(CARD)
    return folder


@pytest.fixture
def hub(m2m100: Path, tmp_path: Path) -> Iterator[tuple[FakeHub, dict[str, str]]]:
    """A hub with a copy of the model, and the environment in which it is the hub."""
    hub = FakeHub("maker/m2m100", Path(shutil.copytree(m2m100, tmp_path / "served")))
    with serve(hub) as address:
        places = {"HF_ENDPOINT": address, "HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "0"}
        yield hub, os.environ | places | {"HF_HUB_DISABLE_TELEMETRY": "1"}


def run_fetch(*arguments: object, environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "models.fetch", *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def list_errors(done: subprocess.CompletedProcess) -> list[str]:
    return [line for line in done.stderr.splitlines() if line.startswith("error: ")]


def test_a_model_is_fetched_once_and_then_needs_no_network(hub, tmp_path: Path) -> None:
    served, environment = hub
    done = run_fetch("maker/m2m100", "--into", tmp_path / "models", environment=environment)
    assert done.returncode == 0, done.stderr
    assert f"maker/m2m100@{COMMIT}" in done.stderr  # a notice: nobody pinned it
    assert "NON-COMMERCIAL USE ONLY (cc-by-nc-4.0)" in done.stderr

    entry = find_entry("translate", "hub", tmp_path / "models", "maker/m2m100")
    assert entry.card.revision == COMMIT[:12]
    assert entry.card.non_commercial
    answer = open_model(entry, Means(cores=1)).generate(LINES[:1], source="en", target="fr")
    assert len(answer[0]) == 1

    asked = len(served.requests)
    offline = environment | {"HF_HUB_OFFLINE": "1"}
    again = run_fetch("maker/m2m100", "--into", tmp_path / "models", environment=offline)
    assert again.returncode == 0, again.stderr
    assert len(served.requests) == asked


def test_a_download_that_broke_goes_on_where_it_ended(hub, tmp_path: Path) -> None:
    served, environment = hub
    become_decoder_only(served.folder)  # ends after the download
    (served.folder / "model.safetensors").write_bytes(os.urandom(24 << 20))
    served.break_after_bytes = 16 << 20
    done = run_fetch("maker/m2m100", "--into", tmp_path / "models", environment=environment)
    assert "decoder-only" in list_errors(done)[0]
    ranges = [r for path, r in served.requests if path.endswith("model.safetensors") and r]
    assert ranges == ["bytes=10485760-"]


def test_a_wrong_checksum_is_one_clear_line(hub, tmp_path: Path) -> None:
    served, environment = hub
    served.lies = True
    done = run_fetch("maker/m2m100", "--into", tmp_path / "models", environment=environment)
    assert done.returncode == 1
    assert len(list_errors(done)) == 1
    assert "checksum: model.safetensors" in list_errors(done)[0]
    assert not (tmp_path / "models").exists()


def test_an_unknown_model_and_an_absent_one_offline_are_one_clear_line(hub, tmp_path: Path) -> None:
    _, environment = hub
    for offline, name in (("0", "maker/nothing"), ("1", "maker/m2m100")):
        done = run_fetch(
            name, "--into", tmp_path, environment=environment | {"HF_HUB_OFFLINE": offline}
        )
        assert done.returncode == 1
        assert len(list_errors(done)) == 1
        assert f"{name}: cannot be downloaded" in list_errors(done)[0]


@pytest.fixture
def folder(m2m100: Path, tmp_path: Path) -> Path:
    """A local directory with a model, to be damaged."""
    return Path(shutil.copytree(m2m100, tmp_path / "m2m100"))


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-2000])


def scramble_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\x07" * 4096)


def remove_tokeniser(folder: Path) -> None:
    (folder / "sentencepiece.bpe.model").unlink()
    (folder / "vocab.json").unlink()


def remove_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def become_decoder_only(folder: Path) -> None:
    facts = '{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}'
    (folder / "config.json").write_text(facts)


def damage_configuration(folder: Path) -> None:
    (folder / "config.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_weights, "the weights cannot be converted"),
        (scramble_weights, "the weights cannot be converted"),
        (remove_weights, "no weights there"),
        (remove_tokeniser, "the tokeniser cannot be loaded"),
        (become_decoder_only, r"decoder-only \(GPT2LMHeadModel\)"),
        (damage_configuration, "config.json: cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(damage, said, folder, tmp_path) -> None:
    damage(folder)
    with pytest.raises(ModelMissing, match=said) as refusal:
        fetch(str(folder), tmp_path / "models", convert)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "models" / "local--m2m100").exists()


def test_a_full_disk_leaves_the_old_model_and_says_so(folder: Path, tmp_path: Path) -> None:
    place = fetch(str(folder), tmp_path / "models", convert)
    before = place.resolve()

    def run_out(_source: Path, target: Path) -> None:
        target.mkdir()
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ModelMissing, match="the disk is full; nothing was changed"):
        fetch(str(folder), tmp_path / "models", run_out)
    assert place.resolve() == before
    assert (place / "ctranslate2" / "model.bin").is_file()


def test_a_local_directory_is_fetched_and_found_by_its_path(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="python -m models.fetch"):
        check_model("translate", "embedded", tmp_path / "models", str(folder), "ctranslate2")
    fetch(str(folder), tmp_path / "models", convert)
    check_model("translate", "embedded", tmp_path / "models", str(folder), "ctranslate2")
    entry = find_entry("translate", "embedded", tmp_path / "models", str(folder))
    assert entry.card.id == "m2m100"
    assert entry.card.licence == "cc-by-nc-4.0"


SERVED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "google"):
            raise ModuleNotFoundError(f"No module named {name!r}")
sys.meta_path.insert(0, Blocker())
from pathlib import Path
from models.catalogue import Means, find_entry, open_model
entry = find_entry("translate", "hub", Path(sys.argv[1]), sys.argv[2])
answers = open_model(entry, Means(cores=1)).generate(["The bridge."], source="en", target="fr")
assert len(answers[0]) == 1
assert "torch" not in sys.modules
print(entry.card.id)
"""


def test_what_is_installed_is_served_without_torch_and_without_transformers(
    folder: Path, tmp_path: Path
) -> None:
    fetch(str(folder), tmp_path / "models", convert)
    command = [sys.executable, "-c", SERVED, str(tmp_path / "models"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "m2m100\n"
