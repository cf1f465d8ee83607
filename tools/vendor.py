"""Brings the few outside assets in, holds them to a lock and joins our style sheets, so that running needs no node.

    python tools/vendor.py fetch    needs npm: packs the pinned packages, compiles, writes files and lock
    python tools/vendor.py bundle   joins static/css into static/bundle.css (run it after each change of style)
    python tools/vendor.py check    re-hashes everything against the lock

To upgrade a package: change its version below, run `fetch`, look at the difference.
"""

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "static/vendor/vendor.lock.json"
BUNDLE = ROOT / "static/bundle.css"
CSS = ROOT / "static/css"
LAYERS = "@layer govuk, tokens, base, components, blocks, print;"


@dataclass(frozen=True, kw_only=True)
class Package:
    """A pinned package: `copies` maps a path inside it to a path of the repository."""

    name: str
    version: str
    licence: str
    copies: dict[str, str] = field(default_factory=dict)


FONT = "atkinson-hyperlegible-next"
GOVUK = Package(name="govuk-frontend", version="6.6.0", licence="MIT")
SASS = Package(name="sass", version="1.108.2", licence="MIT")
PACKAGES = (
    GOVUK,
    SASS,
    Package(
        name=f"@fontsource-variable/{FONT}",
        version="5.3.0",
        licence="OFL-1.1",
        copies={
            f"files/{FONT}-latin-wght-normal.woff2": f"static/vendor/{FONT}-latin.woff2",
            f"files/{FONT}-latin-ext-wght-normal.woff2": f"static/vendor/{FONT}-latin-ext.woff2",
            "LICENSE": f"static/vendor/{FONT}.LICENSE.txt",
        },
    ),
    Package(
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        copies={"axe.min.js": "tests/browser/vendor/axe.min.js", "LICENSE": "tests/browser/vendor/axe.LICENSE.txt"},
    ),
)
COMPILED = "static/vendor/govuk.css"
BY_HAND = "static/vendor/govuk-frontend.LICENSE.txt"  # the package ships no licence file

# govuk-frontend writes left and right, and a fallback for every colour: we read both ways and own the colours.
REWRITES = (
    (r"var\((--govuk-[a-z-]+-colour),\s*#[0-9a-f]+\)", r"var(\1)"),
    (r"-webkit-font-smoothing:antialiased;-moz-osx-font-smoothing:grayscale;?", ""),
    (r"@media print\{[^{}]+\{font-family:var\(--font\)\}\}", ""),
    (r":root\{--govuk-frontend-version:[^}]*\}", ""),
    (r"(margin|padding|border)-left\b", r"\1-inline-start"),
    (r"(margin|padding|border)-right\b", r"\1-inline-end"),
    (r"(?<=[{;])left:", "inset-inline-start:"),
    (r"(?<=[{;])right:", "inset-inline-end:"),
)

# Rules for what our macros never draw: dropped, since a first page may weigh 100 kB in all.
UNUSED = (
    r"__(?:prefix|suffix|wrapper|divider|conditional|heading)\b|label-wrapper|frontend-supported|extra-letter-spacing"
    r"|--(?:xl|l|m|s|width-2|width-3)\b|moz-any-link|spin-button|moz-focus-inner"
)
DROPPED = (rf"(?<=[{{}}])[^{{}}@]*(?:{UNUSED})[^{{}}]*\{{[^{{}}]*\}}", r"@(?:media|supports)[^{}]*\{\}")


def packages_wanted() -> list[str]:
    """Paths, from the root, of every file the lock must hold."""
    copied = [target for package in PACKAGES for target in package.copies.values()]
    return sorted([*copied, COMPILED, BY_HAND])


def read_lock() -> dict[str, dict[str, object]]:
    """The lock as written, or an empty one before the first fetch."""
    if not LOCK.exists():
        return {"packages": {}, "files": {}}
    lock: dict[str, dict[str, object]] = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def digest(path: Path) -> str:
    """The SHA-512 of a file, in hexadecimal."""
    return hashlib.sha512(path.read_bytes()).hexdigest()


def differences() -> list[str]:
    """One English sentence for each vendored file that the lock does not hold exactly; empty when all is well."""
    locked = read_lock()["files"]
    unlocked = [f"{name} is vendored but not locked" for name in vendored() if name not in locked]
    return unlocked + [sentence for name, known in locked.items() if (sentence := _difference(name, str(known)))]


def vendored() -> list[str]:
    """Paths, from the root, of the files that lie in the vendor folders, the lock left out."""
    folders = (ROOT / "static/vendor", ROOT / "tests/browser/vendor")
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file() and path != LOCK)
    return sorted(path.relative_to(ROOT).as_posix() for path in files)


def _difference(name: str, known: str) -> str:
    path = ROOT / name
    if not path.is_file():
        return f"{name} is locked but missing"
    return "" if digest(path) == known else f"{name} was changed since it was vendored"


def joined() -> str:
    """Our style sheets in the order of their layers, without comments or indentation."""
    middle = sorted((CSS / "components").glob("*.css"))
    sources = [ROOT / COMPILED, CSS / "tokens.css", CSS / "base.css", *middle, CSS / "print.css"]
    return "\n".join([LAYERS, *(_tightened(path.read_text(encoding="utf-8")) for path in sources)]) + "\n"


def _tightened(css: str) -> str:
    """CSS without comments, line ends, or spaces that carry no meaning (those around : and + may carry some)."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css).strip()
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    return re.sub(r";\}", "}", re.sub(r"(?<=[{;])([a-z-]+): ", r"\1:", css))


def fetch() -> None:
    """Pack every pinned package, refuse one whose bytes changed under its version, write its files and the lock."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        packages = {package.name: _brought(package, work) for package in PACKAGES}
        (ROOT / COMPILED).write_text(_compiled(work), encoding="utf-8")
    files = {name: digest(ROOT / name) for name in packages_wanted()}
    LOCK.write_text(json.dumps({"packages": packages, "files": files}, indent=2) + "\n", encoding="utf-8")


def _brought(package: Package, work: Path) -> dict[str, str]:
    spec = f"{package.name}@{package.version}"
    name = _run(["npm", "pack", spec, "--silent", "--pack-destination", str(work)], work).split()[-1]
    entry = {"version": package.version, "licence": package.licence, "integrity": _integrity(work / name)}
    _refuse_changed(package, entry)
    with tarfile.open(work / name) as archive:
        archive.extractall(work / package.name, filter="data")
    for source, target in package.copies.items():
        (ROOT / target).write_bytes((work / package.name / "package" / source).read_bytes())
    return entry


def _integrity(archive: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()


def _refuse_changed(package: Package, entry: dict[str, str]) -> None:
    known = read_lock()["packages"].get(package.name)
    if isinstance(known, dict) and known["version"] == package.version and known != entry:
        raise SystemExit(f"{package.name} {package.version} is not the package that was locked: nothing was kept.")


def _compiled(work: Path) -> str:
    """The subset of govuk-frontend, compiled in a throw-away folder, in its own layer."""
    _run(["npm", "install", "--silent", "--no-save", "--prefix", str(work), f"{SASS.name}@{SASS.version}"], work)
    options = ["--style=compressed", "--no-source-map", "--no-charset", "-I", str(work / GOVUK.name / "package/dist")]
    css = _run([str(work / "node_modules/.bin/sass"), *options, str(ROOT / "tools/govuk.scss")], work)
    for pattern, replacement in (*REWRITES, *((pattern, "") for pattern in DROPPED)):
        css = re.sub(pattern, replacement, css)
    return f"@layer govuk{{{css.strip()}}}\n"


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


def _report(sentences: Iterable[str]) -> int:
    found = list(sentences)
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


def main() -> int:
    """Run one of the three commands; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("fetch", "bundle", "check"))
    command = parser.parse_args().command
    if command == "fetch":
        fetch()
    if command in ("fetch", "bundle"):
        BUNDLE.write_text(joined(), encoding="utf-8")
    return _report(differences())


if __name__ == "__main__":
    sys.exit(main())
