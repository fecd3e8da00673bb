"""Writes the parts of the README that come from a running service, the weights and the figures.

`make readme`: each part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bench.figures import Figure, write_table
from bench.server import Server
from models.catalogue import EMBEDDED, EMBEDDED_TRANSLATORS, find_entry
from models.protocols import WARNINGS, ModelCard
from service.settings import Settings

ROOT = Path(__file__).parent.parent


def write_calls() -> str:
    """Return the five calls with what a service answers that was started for them."""
    return _run_script("docs/examples.sh")


def write_clients() -> str:
    """Return the commands of the client with what they print, likewise."""
    return _run_script("docs/clients.sh")


def _run_script(path: str) -> str:
    with Server() as server:
        script = ["bash", path, f"http://127.0.0.1:{server.port}"]
        return subprocess.run(script, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def write_settings() -> str:
    """Return the table of settings."""
    rows = ["| name | default | |", "|---|---|---|"]
    for field in Settings.model_fields.values():
        default = "" if field.default in (None, (), "") else f"`{field.default}`"
        rows.append(f"| `{field.validation_alias}` | {default} | {field.description} |")
    return "\n".join(rows)


def write_warnings() -> str:
    """Return the table of what a translation may be warned of."""
    rows = [f"| `{code}` | {meaning} |" for code, meaning in WARNINGS.items()]
    return "\n".join(["| warning | |", "|---|---|", *rows])


def write_models() -> str:
    """Return the table of the embedded models."""
    rows = ["| role | id | licence | languages | quality |", "|---|---|---|---|---|"]
    rewriter = find_entry("summarise", "embedded", EMBEDDED).card
    rows.append(
        f"| rewriter | `{rewriter.id}` | {rewriter.licence} | {', '.join(rewriter.languages)} "
        "| see its card; grounding replaces what is not supported |"
    )
    rows += [_describe_translator(name) for name in EMBEDDED_TRANSLATORS]
    return "\n".join(rows)


def _describe_translator(name: str) -> str:
    card = find_entry("translate", "embedded", EMBEDDED, name).card
    pairs = ", ".join(f"{s}→{t}" for s, targets in card.pairs.items() for t in targets)
    scores = ", ".join(_list_scores(name, card))
    return f"| translator | `{card.id}` | {card.licence} | {pairs} | {scores} |"


def _list_scores(name: str, card: ModelCard) -> Iterator[str]:
    facts = json.loads((EMBEDDED / name / "precis.json").read_text(encoding="utf-8"))
    for pair, score in facts["quality"].items():
        mark = " (experimental)" if pair in card.experimental else ""
        yield f"{pair} {score['chrf']:.1f} chrF, {score['bleu']:.1f} BLEU{mark}"


def write_figures() -> str:
    """Return the table of `bench/results.json`, what machine it is of, and the charts."""
    results = json.loads((ROOT / "bench" / "results.json").read_text(encoding="utf-8"))
    machine = results["machine"]
    fields = ("name", "value", "against", "other", "unit", "goal")
    figures = [Figure(**{field: row[field] for field in fields}) for row in results["figures"]]
    intro = (
        f"Measured on {results['date']} with {machine['cores']} cores of {machine['cpu']}, Python "
        f"{machine['python']}, at a load of {machine['load']:g} before."
    )
    charts = [f"![Seconds by {axis}](docs/scaling-{axis}.svg)" for axis in results["scaling"]]
    return "\n\n".join([intro, write_table(figures), *charts])


def write_quality() -> str:
    """Return the tables of docs/quality.md that compare summaries with their articles."""
    document = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    tables = document.split("<!-- begin table -->")[1:]
    return "\n\n".join(table.partition("<!-- end table -->")[0].strip() for table in tables)


PARTS = {
    "calls": write_calls,
    "clients": write_clients,
    "settings": write_settings,
    "warnings": write_warnings,
    "models": write_models,
    "figures": write_figures,
    "quality": write_quality,
}


def write_parts(path: Path, parts: Mapping[str, Callable[[], str]]) -> None:
    """Write parts of a document anew, each between its marks."""
    text = path.read_text(encoding="utf-8")
    for name, write in parts.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        part = f"{begin}\n\n{write().strip()}\n\n{end}"
        before, _, rest = text.partition(begin)
        text = before + part + rest.partition(end)[2]
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Write every part anew, and the tables of quality in the rewriter's card too."""
    write_parts(ROOT / "README.md", PARTS)
    write_parts(EMBEDDED / "rewriter" / "README.md", {"quality": write_quality})


if __name__ == "__main__":
    main()
