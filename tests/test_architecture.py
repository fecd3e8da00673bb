"""The folders import one way, and only the rooms that may do so touch the outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "models": {"cache", "documents", "service", "seeds", "bench", "flask", "redis", "pydantic"},
    "cache": {"models", "documents", "service", "seeds", "bench", "flask", "torch", "ctranslate2"},
    "documents": {"models", "cache", "service", "seeds", "bench", "flask", "pydantic"},
    "service": {"seeds", "bench", "torch", "ctranslate2", "redis", "transformers"},
    "seeds": {"models", "cache", "service", "bench"},
    "precis": {"models", "cache", "service", "seeds", "bench", "flask", "pydantic", "numpy"},
}


def _modules(folder: str) -> Iterator[Path]:
    return (ROOT / folder).rglob("*.py")


def _imports(path: Path) -> set[str]:
    """Return the dotted names that a module imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _top(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_a_folder_imports_nothing_that_it_must_not_know(folder: str) -> None:
    """`service → models, cache, documents`; these never import each other."""
    for path in _modules(folder):
        assert not _top(_imports(path)) & FORBIDDEN[folder], path


def test_torch_is_imported_only_by_the_reference_engine_conversion_and_training() -> None:
    """Serving must not need torch."""
    rooms = {
        path.relative_to(ROOT).as_posix()
        for folder in ("models", "cache", "service", "seeds")
        for path in _modules(folder)
        if "torch" in _top(_imports(path))
    }
    outside = {room for room in rooms if not room.startswith("models/training/")}
    assert outside <= {"models/engines/transformers.py", "models/engines/conversion.py"}


@pytest.mark.parametrize("folder", ["models", "cache", "documents", "service"])
def test_only_the_settings_read_the_environment(folder: str) -> None:
    """One place to look for what can be set."""
    for path in _modules(folder):
        if path.name == "settings.py":
            continue
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text, path
        assert "getenv" not in text, path


def test_only_the_assembly_names_concrete_stores_and_models() -> None:
    """The rest of the service works with protocols."""
    concrete = {
        "cache.redis",
        "cache.embedded",
        "documents.reading",
        "documents.fetching.PageFetcher",
        "models.catalogue",
        "models.engines",
    }
    for path in _modules("service"):
        if path.name != "assembly.py":
            found = {n for n in _imports(path) if any(n.startswith(c) for c in concrete)}
            assert not found, path


def test_the_service_imports_from_app_down_to_schemas() -> None:
    """app → routes → pipeline → schemas, never back."""
    order = ["app", "routes", "pipeline", "schemas"]
    for above, below in zip(order, order[1:], strict=False):
        files = (
            _modules(f"service/{below}") if below == "routes" else [ROOT / f"service/{below}.py"]
        )
        for path in files:
            back = {n for n in _imports(path) if n.startswith(f"service.{above}")}
            assert not back, path
