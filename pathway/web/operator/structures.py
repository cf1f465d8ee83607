"""« Structures »: every structure of the territory, active ones first, and how many professionals work there."""

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import KnownStructure, known_structures, structures_count
from pathway.casework.sharing.permissions import Permission
from pathway.web.gate import allow, gate
from pathway.web.operator.paging import PER_PAGE, Paging, paging


@dataclass(frozen=True, kw_only=True)
class Line:
    """One structure. `kind` is empty for a sensitive one: it is sealed."""

    name: str
    code: str
    kind: str
    is_active: bool
    is_sensitive: bool
    professionals: int
    href: str


@dataclass(frozen=True, kw_only=True)
class StructuresPage:
    """What the template needs."""

    lines: tuple[Line, ...]
    count: int
    paging: Paging


@allow(Permission.STRUCTURES_KEEP)
def view() -> ResponseReturnValue:
    """List them."""
    with gate().reading() as tx:
        count = structures_count(tx)
        pages = paging(count, "operator.structures")
        found = known_structures(tx, page=pages.page, per_page=PER_PAGE)
        tx.journal("read_structures", count=len(found))
    page = StructuresPage(lines=tuple(_line(one) for one in found), count=count, paging=pages)
    return render_template("operator/structures.html", page=page)


def _line(one: KnownStructure) -> Line:
    return Line(
        name=one.name,
        code=one.code,
        kind="" if one.is_sensitive else one.kind.label,
        is_active=one.is_active,
        is_sensitive=one.is_sensitive,
        professionals=one.professionals,
        href=url_for("operator.structure", ref=one.id),
    )
