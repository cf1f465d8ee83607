"""« Imports »: the files of people brought in, the last first, where each stands and what it did."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.intake.queries import ImportLine, imports, imports_count
from pathway.casework.intake.states import ImportState
from pathway.casework.partners.queries import structures_called
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import counted
from pathway.web.gate import allow, gate
from pathway.web.operator.paging import PER_PAGE, Paging, paging

_TAGS = {
    ImportState.RECEIVED: "next",
    ImportState.CHECKING: "next",
    ImportState.CHECKED: "next",
    ImportState.RUNNING: "next",
    ImportState.DONE: "done",
    ImportState.UNDOING: "next",
    ImportState.UNDONE: "paused",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One import in words. `tag`, `said`: where it stands."""

    one: ImportLine
    structure: str
    tag: str
    said: str
    did: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ImportsPage:
    """What the template needs."""

    lines: tuple[Line, ...]
    paging: Paging


@allow(Permission.PEOPLE_IMPORT)
def view() -> ResponseReturnValue:
    """List them."""
    with gate().reading() as tx:
        pages = paging(imports_count(tx), "operator.imports")
        found = imports(tx, page=pages.page, per_page=PER_PAGE)
        names = structures_called(tx)
        tx.journal("read_imports", count=len(found))
    lines = tuple(_line(one, names.get(one.structure_id, "")) for one in found)
    return render_template("operator/imports.html", page=ImportsPage(lines=lines, paging=pages))


def tag_of(one: ImportLine) -> tuple[str, str]:
    """How the tag of that import looks, and what it says."""
    if one.is_cut or one.problem:
        return "risk", "interrompu"
    return _TAGS[one.state], one.state.label


def _line(one: ImportLine, structure: str) -> Line:
    tag, said = tag_of(one)
    return Line(
        one=one,
        structure=structure,
        tag=tag,
        said=said,
        did=_did(one),
        href=url_for("operator.import_one", ref=one.id),
    )


def _did(one: ImportLine) -> str:
    if one.state is ImportState.UNDONE:
        return counted(one.taken_back, "personne retirée", "personnes retirées")
    if one.state in (ImportState.RECEIVED, ImportState.CHECKING, ImportState.CHECKED):
        return "rien n’est importé"
    told = [counted(one.created, "personne créée", "personnes créées")]
    if one.known:
        told.append(counted(one.known, "connue", "connues"))
    if one.refused:
        told.append(counted(one.refused, "ligne refusée", "lignes refusées"))
    return ", ".join(told)
