"""One import: what will happen, how far it has come, what it did; its refused rows as a file made at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.intake.queries import Group, ImportLine, Outcome, one_import, outcome_of, plan_of
from pathway.casework.intake.receiving import drop_import, resume_import, start_import
from pathway.casework.intake.states import ImportState, RowKind
from pathway.casework.intake.writing import rows_kept
from pathway.casework.partners.queries import structures_called
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import NotFound, PathwayError
from pathway.kernel.wording import listed
from pathway.store.transaction import Transaction
from pathway.web.files import attached
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.operator.import_work import carry_on_at_once
from pathway.web.operator.imports import tag_of
from pathway.web.sheets import Format, sheet

_REFRESH_SECONDS = 3
_MOST_REFRESHES = 200  # ten minutes: a page that came back for ever would keep a forgotten session open
_SHOWN = 15  # reasons on the page
_UNDER_WAY = {
    ImportState.CHECKING: "Vérification du fichier",
    ImportState.RUNNING: "Import des personnes",
    ImportState.UNDOING: "Annulation de l’import",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """Rows of which the same thing is said, in words: « Ligne 4 », « Lignes 4, 7 et 12 » ."""

    column: str
    reason: str
    count: int
    lines: str


@dataclass(frozen=True, kw_only=True)
class ImportPage:
    """What the template needs. `under_way`: what is being done now, or nothing. `new`: people that are or would be
    created. `has_file`: whether the rows refused may still be asked for; `is_ours`: by the reader, who gave it."""

    one: ImportLine
    structure: str
    tag: str
    said: str
    under_way: str
    refused: Sequence[Said]
    left: Sequence[Said]
    more: int
    has_file: bool
    is_ours: bool


@allow(Permission.PEOPLE_IMPORT)
def view(ref: str) -> ResponseReturnValue:
    """Show where that import stands. While it goes on, the page comes back by itself for ten minutes."""
    with gate().reading() as tx:
        page = _page(tx, ref)
        tx.journal("read_import", batch=ref)
    if page.one.state is ImportState.RECEIVED:
        return redirect(url_for("operator.import_columns", ref=ref), 303)
    times = _times_back(request.args.get("retour", ""))
    comes_back = bool(page.under_way) and times < _MOST_REFRESHES
    answer = make_response(render_template("operator/import_one.html", page=page, ref=ref, comes_back=comes_back))
    if comes_back:
        again = url_for("operator.import_one", ref=ref, retour=times + 1)
        answer.headers["Refresh"] = f"{_REFRESH_SECONDS}; url={again}"
    return answer


@allow(Permission.PEOPLE_IMPORT)
def start(ref: str) -> ResponseReturnValue:
    """Bring the people in."""
    return _done(ref, lambda tx: start_import(tx, ref))


@allow(Permission.PEOPLE_IMPORT)
def resume(ref: str) -> ResponseReturnValue:
    """Go on after an error."""
    return _done(ref, lambda tx: resume_import(tx, ref))


@allow(Permission.PEOPLE_IMPORT)
def drop(ref: str) -> ResponseReturnValue:
    """Give the file up before anybody is brought in."""
    try:
        with gate().writing() as tx:
            drop_import(tx, ref)
    except NotFound:
        raise
    except PathwayError as error:
        notify(error.sentence, "late")
        return redirect(url_for("operator.import_one", ref=ref), 303)
    notify("Fichier abandonné : rien n’a été importé, et rien n’en est gardé.")
    return redirect(url_for("operator.imports"), 303)


@allow(Permission.PEOPLE_IMPORT)
@fresh
def refused_rows(ref: str) -> ResponseReturnValue:
    """The rows refused, each with its line and its reason, as a file that is kept nowhere here: for whoever gave it."""
    with gate().reading() as tx:
        line = one_import(tx, ref)
        if not _has_file(line) or line.account_id != tx.actor.account_id:
            raise NotFound
        head, rows = _rows(tx, ref)
        tx.journal("export_refused_rows", batch=ref, rows=len(rows))
    content = sheet(Format.CSV, title="Lignes refusées", head=head, rows=rows)
    return attached(content, name="lignes-refusees.csv", media_type=Format.CSV.media_type)


def _times_back(typed: str) -> int:
    """How many times the page came back by itself; too many when that cannot be read."""
    if not typed:
        return 0
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else _MOST_REFRESHES


def _done(ref: str, act: Any) -> ResponseReturnValue:
    try:
        with gate().writing() as tx:
            act(tx)
    except NotFound:
        raise
    except PathwayError as error:
        notify(error.sentence, "late")
    else:
        carry_on_at_once(gate(), ref)
    return redirect(url_for("operator.import_one", ref=ref), 303)


def _page(tx: Transaction, ref: str) -> ImportPage:
    one = one_import(tx, ref)
    found = outcome_of(tx, ref) if one.name else Outcome(refused=(), left=())
    tag, said = tag_of(one)
    return ImportPage(
        one=one,
        structure=structures_called(tx).get(one.structure_id, ""),
        tag=tag,
        said=said,
        under_way="" if one.problem or one.is_cut else _UNDER_WAY.get(one.state, ""),
        refused=[_said(group) for group in found.refused[:_SHOWN]],
        left=[_said(group) for group in found.left[:_SHOWN]],
        more=max(len(found.refused) - _SHOWN, 0) + max(len(found.left) - _SHOWN, 0),
        has_file=_has_file(one),
        is_ours=one.account_id == tx.actor.account_id,
    )


def _has_file(one: ImportLine) -> bool:
    return bool(one.refused and one.name and one.state is ImportState.DONE)


def _said(group: Group) -> Said:
    lines = [str(line) for line in group.lines[:8]]
    more = group.count - len(lines)
    told = listed([*lines, f"{more} autres"] if more > 1 else [str(line) for line in group.lines[: len(lines) + more]])
    return Said(
        column=group.column,
        reason=group.reason,
        count=group.count,
        lines=f"Ligne {told}" if group.count == 1 else f"Lignes {told}",
    )


def _rows(tx: Transaction, ref: str) -> tuple[list[str], list[list[str | int | None]]]:
    titles = list(plan_of(tx, ref).table.titles)
    rows: list[list[str | int | None]] = []
    for _, kept in rows_kept(tx, ref, RowKind.REFUSED):
        cells = [*kept["cells"], *[""] * (len(titles) - len(kept["cells"]))]
        rows.append([kept["line"], kept["column"], kept["reason"], *cells])
    return ["Ligne", "Colonne à corriger", "Pourquoi", *titles], rows
