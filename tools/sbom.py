"""Writes the inventory of what the product is made of (CycloneDX 1.6, JSON), from the hashed locks alone.

    python -m tools.sbom               on the standard output
    python -m tools.sbom --to FILE     in that file

The same locks give the same inventory, byte for byte: no date, no drawn number, no network.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, metadata
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pathway import __version__
from pathway.kernel.settings import ROOT

RUNTIME = "requirements.lock"
VENDORED = "static/vendor/vendor.lock.json"
_FOR_MAKERS = frozenset({"sass", "axe-core"})  # they build and test pages; nothing of them is served
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def inventory() -> dict[str, Any]:
    """Every library the product runs on, with its version, its hashes and its licence where it is installed."""
    components = [*_libraries(), *_vendored()]
    said = json.dumps(components, sort_keys=True).encode()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, hashlib.sha256(said).hexdigest())}",
        "version": 1,
        "metadata": {"component": _product()},
        "components": components,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write it; 0."""
    asked = argparse.ArgumentParser(description="Inventaire des bibliothèques (CycloneDX, JSON).")
    asked.add_argument("--to", type=Path, help="fichier à écrire ; la sortie standard sans cette option")
    to = asked.parse_args(arguments).to
    text = json.dumps(inventory(), ensure_ascii=False, indent=2) + "\n"
    if to is None:
        sys.stdout.write(text)
    else:
        to.write_text(text, encoding="utf-8")
    return 0


def _product() -> dict[str, Any]:
    licence = [{"license": {"id": "EUPL-1.2"}}]
    return {"type": "application", "bom-ref": "pathway", "name": "pathway", "version": __version__, "licenses": licence}


def _libraries() -> Iterator[dict[str, Any]]:
    for entry in _entries((ROOT / RUNTIME).read_text()):
        locked = Requirement(entry.split(" \\\n")[0].strip())
        name, version = canonicalize_name(locked.name), str(locked.specifier).removeprefix("==")
        address = f"pkg:pypi/{name}@{version}"
        one: dict[str, Any] = {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}
        if licence := _licence(name):
            one["licenses"] = [{"license": {"name": licence}}]
        # A library has several files, one for each system: each hash is that of one of them.
        files = [
            {"type": "distribution", "url": f"https://pypi.org/project/{name}/{version}/", "hashes": _hashes(entry)}
        ]
        yield {**one, "externalReferences": files}


def _entries(text: str) -> list[str]:
    starts = [match.start() for match in re.finditer(r"^\S", text, re.MULTILINE)]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _hashes(entry: str) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": one} for one in _HASH.findall(entry)]


def _licence(name: str) -> str:
    try:
        told = metadata(name)
    except PackageNotFoundError:  # of another system
        return ""
    whole = str(told.json.get("license_expression") or told.json.get("license") or "")
    return whole.splitlines()[0].strip()[:100] if whole else ""


def _vendored() -> Iterator[dict[str, Any]]:
    kept: dict[str, Any] = json.loads((ROOT / VENDORED).read_text())
    for name, one in sorted(kept["packages"].items()):
        address = f"pkg:npm/{name.replace('@', '%40')}@{one['version']}"
        digest = base64.b64decode(one["integrity"].removeprefix("sha512-")).hex()
        yield {
            "type": "library",
            "bom-ref": address,
            "name": name,
            "version": one["version"],
            "scope": "excluded" if name in _FOR_MAKERS else "required",
            "purl": address,
            "hashes": [{"alg": "SHA-512", "content": digest}],
            "licenses": [{"license": {"name": one["licence"]}}],
        }


if __name__ == "__main__":
    sys.exit(main())
