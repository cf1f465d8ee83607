"""« Dispositifs »: every scheme of the territory, or those of one structure; open ones first, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.enrolments.queries import entries_by_scheme
from pathway.casework.partners.queries import known_structure, structures_called
from pathway.casework.schemes.queries import SchemeView, known_schemes, schemes_count
from pathway.casework.sharing.permissions import Permission
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.operator.paging import PER_PAGE, Paging, paging

EVERYWHERE = "Toutes les structures"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One scheme; `asked`: how many questions its form has."""

    name: str
    code: str
    kind: str
    structure: str
    asked: int
    under_way: int
    is_open: bool
    href: str


@dataclass(frozen=True, kw_only=True)
class SchemesPage:
    """What the template needs. `structure`: the only one listed, empty for all."""

    lines: tuple[Line, ...]
    count: int
    structure: str
    structure_href: str
    new_href: str
    paging: Paging


@allow(Permission.SCHEMES_KEEP)
def view() -> ResponseReturnValue:
    """List them."""
    with gate().reading() as tx:
        page = _page(tx, request.args.get("structure", ""))
        tx.journal("read_schemes", count=len(page.lines))
    return render_template("operator/schemes.html", page=page)


def _page(tx: Transaction, structure_id: str) -> SchemesPage:
    one = known_structure(tx, structure_id) if structure_id else None
    kept: dict[str, Any] = {"structure": structure_id} if one else {}
    count = schemes_count(tx, structure_id=structure_id)
    pages = paging(count, "operator.schemes", kept=kept)
    found = known_schemes(tx, structure_id=structure_id, page=pages.page, per_page=PER_PAGE)
    names, entered = structures_called(tx), entries_by_scheme(tx, [each.id for each in found])
    return SchemesPage(
        lines=tuple(_line(each, names, entered) for each in found),
        count=count,
        structure=f"{one.name} ({one.code})" if one else "",
        structure_href=url_for("operator.structure", ref=structure_id) if one else "",
        new_href=url_for("operator.scheme_new", **kept) if one is None or one.is_active else "",
        paging=pages,
    )


def _line(one: SchemeView, names: Mapping[str, str], entered: Mapping[str, int]) -> Line:
    return Line(
        name=one.name,
        code=one.code,
        kind=one.kind.label,
        structure=names.get(one.structure_id, "") if one.structure_id else EVERYWHERE,
        asked=len(one.requirements) + len(one.questions),
        under_way=entered.get(one.id, 0),
        is_open=one.is_open,
        href=url_for("operator.scheme", ref=one.id),
    )
