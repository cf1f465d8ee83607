"""Brings pathway/translations/*.po up to date with the sentences that people read, in templates and in Python.

Run `python -m tools.catalogues` after writing or changing a sentence: new ones come empty, those no longer said are
removed, and what is left to translate is counted. A test of the house says when a catalogue is late.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from pathway.kernel.languages import FOLDER, FRENCH, NAMES
from pathway.kernel.settings import ROOT

LANGUAGES = tuple(code for code in NAMES if code != FRENCH)
# What a person reads; the screens of professionals are French, but share components and layouts.
_TEMPLATES = ("jobseeker", "account", "outside", "components", "layouts", "mail", "sms")
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "marked": None}


@cache
def said() -> Catalog:
    """Every sentence a person may read, with the files that say it."""
    found = Catalog(locale=FRENCH)
    for path, method, options in _sources():
        for _line, message, comments, context in extract_from_file(
            method, path, keywords=_KEYWORDS, options=options, strip_comment_tags=True
        ):
            found.add(message, locations=[(path.relative_to(ROOT).as_posix(), 0)], context=context)
            assert not comments
    return found


def kept(language: str) -> Catalog:
    """The catalogue of that language as it stands, empty when there is none."""
    path = FOLDER / f"{language}.po"
    return read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


def renewed(language: str) -> Catalog:
    """The same catalogue with the sentences said today and no other."""
    catalogue = kept(language)
    catalogue.update(said(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def left_to_say(catalogue: Catalog) -> list[str]:
    """The French sentences that catalogue does not translate, wholly."""
    return [_first(one.id) for one in catalogue if one.id and not all(_forms(one.string))]


def written(catalogue: Catalog) -> bytes:
    """Its file: no date and no line number, which would change at each run."""
    file = BytesIO()
    write_po(file, catalogue, width=110, omit_header=False, include_lineno=False, sort_output=True)
    dated = (
        b'"POT-Creation-Date',
        b'"PO-Revision-Date',
        b'"Last-Translator',
        b'"Language-Team',
        b'"Generated-By',
        b"#, fuzzy",
    )
    kept_lines = [line for line in file.getvalue().splitlines(keepends=True) if not line.startswith(dated)]
    start = next(i for i, line in enumerate(kept_lines) if line.startswith(b"msgid"))
    return b"".join(kept_lines[start:])


def _sources() -> Iterator[tuple[Path, str, dict[str, str]]]:
    for name in _TEMPLATES:
        place = ROOT / "templates" / name
        for path in sorted(one for one in place.rglob("*") if one.suffix in {".html", ".txt"}):
            yield path, "jinja2.ext:babel_extract", {"trimmed": "false", "silent": "false"}
    for path in sorted((ROOT / "pathway").rglob("*.py")):
        yield path, "python", {}


def _first(identity: str | Sequence[str]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _forms(said: str | Sequence[str] | None) -> Sequence[str]:
    return [said or ""] if said is None or isinstance(said, str) else said


def main() -> None:
    """Write the three files and say what is left."""
    for language in LANGUAGES:
        catalogue = renewed(language)
        (FOLDER / f"{language}.po").write_bytes(written(catalogue))
        print(f"{language}: {len(catalogue)} phrases, {len(left_to_say(catalogue))} à traduire")


if __name__ == "__main__":
    main()
