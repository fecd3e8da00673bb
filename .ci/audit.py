"""The part of `make check` that looks for secrets in the files and for known vulnerabilities.

Secrets are looked for everywhere; vulnerabilities where their database can be reached, and it is
said where it cannot.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TOOLS = Path(sys.executable).parent
# Of the entropy of strings and of words like "key" tests and lock files are full; what stays
# knows what the keys of providers, tokens and private keys look like.
NOISY = (
    "Base64HighEntropyString",
    "BasicAuthDetector",
    "HexHighEntropyString",
    "KeywordDetector",
    "IPPublicDetector",
)
LIMIT_SECONDS = 120


def find_secrets() -> bool:
    """Tell whether a file that git knows, or would take, holds what looks like a secret."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    files = [name for name in names.split("\0") if name and Path(name).is_file()]
    options = [part for name in NOISY for part in ("--disable-plugin", name)]
    found = subprocess.run([TOOLS / "detect-secrets-hook", *options, *files])
    print(f"Secrets: {len(files)} files looked at, {'some' if found.returncode else 'none'} found.")
    return found.returncode != 0


def find_vulnerabilities(requirements: str) -> bool:
    """Tell whether a locked version has a known vulnerability."""
    command = [TOOLS / "pip-audit", "--requirement", requirements, "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        packages = json.loads(run.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        print("Vulnerabilities: NOT CHECKED, their database cannot be reached from here.")
        return False
    known = [(p["name"], v["id"]) for p in packages for v in p.get("vulns", ())]
    skipped = sum("skip_reason" in package for package in packages)
    for name, vulnerability in known:
        print(f"{requirements}: {name}: {vulnerability}")
    missing = f", {skipped} NOT CHECKED: the database does not know them here" if skipped else ""
    print(f"Vulnerabilities: {len(packages) - skipped} packages checked, {len(known)}{missing}.")
    return bool(known)


if __name__ == "__main__":
    troubles = [find_secrets(), find_vulnerabilities("requirements/serve.txt")]
    raise SystemExit(any(troubles))
