"""« Conservation des dossiers »: who is archived soon or still open, who is told of her erasure, who is kept for a
litigation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import staff_names
from pathway.casework.records.queries import identities
from pathway.casework.retention.actions import lift_ours
from pathway.casework.retention.kept_lists import (
    HoldView,
    OpenKind,
    StillOpen,
    closing_soon,
    own_holds,
    told_here,
)
from pathway.casework.retention.queries import Due, delays
from pathway.casework.retention.rules import Delays
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import is_visible
from pathway.kernel.choice import Choice
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

PER_PAGE = 20
_SOMEBODY = "Un·e responsable"
_HREFS = {OpenKind.APPOINTMENT: "counsellor.appointment", OpenKind.RELAY: "counsellor.relay"}


class Kept(Choice):
    """Which list is shown."""

    SOON = "archives", "Bientôt archivés"
    OPEN = "ouverts", "Encore retenus"
    TOLD = "effaces", "Bientôt effacés"
    HELD = "litiges", "Gardés pour un litige"


# What is said of a day that is past, and of one to come.
_WHEN = {
    Kept.SOON: ("À archiver depuis le", "Sera archivé le"),
    Kept.OPEN: ("Devait être archivé le", "Serait archivé le"),
    Kept.TOLD: ("À effacer depuis le", "Sera effacé le"),
}


class LiftForm(CarteForm):
    """Nothing to fill: one button."""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """One of the lists, and how many it holds."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """One person. `href`: her record, empty once nobody opens it; `open`: what is open about her, and where it is
    settled; `hold`: what is said of a hold, with the address that ends it."""

    name: str
    href: str
    said: str
    last: str = ""
    hold_href: str = ""
    open: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    lift_href: str = ""


@dataclass(frozen=True, kw_only=True)
class RetentionPage:
    """What the template needs. `which`: the code of the list shown."""

    which: str
    delays: Delays
    tabs: list[Tab]
    lines: list[Line]
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.RETENTION_KEEP)
def view() -> ResponseReturnValue:
    """One page of 20 people of one list."""
    return _shown(None)


@allow(Permission.RETENTION_KEEP)
def lift(ref: str) -> ResponseReturnValue:
    """End a hold."""
    form = LiftForm()
    with gate().attempt(form) as tx:
        lift_ours(tx, ref)
    if form.has_errors:
        return _shown(form)
    notify("Conservation terminée. Les délais reprennent leur cours dès la nuit prochaine.")
    return redirect(list_href(Kept.HELD), 303)


def list_href(which: Kept, page: int = 1) -> str:
    """Where that list is read."""
    liste = which.value if which is not Kept.SOON else None
    return url_for("supervisor.retention", liste=liste, page=page if page > 1 else None)


def _shown(refused: CarteForm | None) -> ResponseReturnValue:
    asked = Kept.HELD.value if refused else request.args.get("liste")
    which = next((one for one in Kept if one.value == asked), Kept.SOON)
    with gate().reading() as tx:
        page = _page(tx, which, request.args.get("page", 1, type=int))
        tx.journal("read_retention", people=len(page.lines))
    html = render_template("supervisor/retention.html", page=page, refused=refused)
    return html, 422 if refused else 200


def _page(tx: Transaction, which: Kept, number: int) -> RetentionPage:
    due, kept_open = closing_soon(tx)
    found: Mapping[Kept, Sequence[Due | HoldView]] = {
        Kept.SOON: [one for one in due if one.record_id not in kept_open],
        Kept.OPEN: [one for one in due if one.record_id in kept_open],
        Kept.TOLD: told_here(tx),
        Kept.HELD: own_holds(tx),
    }
    pages = max(-(-len(found[which]) // PER_PAGE), 1)
    number = min(max(number, 1), pages)
    shown = found[which][(number - 1) * PER_PAGE : number * PER_PAGE]
    return RetentionPage(
        which=which.value,
        delays=delays(tx),
        tabs=[Tab(label=one.label, href=list_href(one), current=one is which, count=len(found[one])) for one in Kept],
        lines=_lines(tx, which, shown, kept_open),
        page=number,
        pages=pages,
        previous_href=list_href(which, number - 1) if number > 1 else None,
        next_href=list_href(which, number + 1) if number < pages else None,
    )


def _lines(
    tx: Transaction, which: Kept, shown: Sequence[Due | HoldView], kept_open: Mapping[str, list[StillOpen]]
) -> list[Line]:
    known = identities(tx, [one.record_id for one in shown])
    names = {name: f"{one.first_name} {one.last_name}" for name, one in known.items()}
    staff = staff_names(tx, {one.placed_by for one in shown if isinstance(one, HoldView)})
    return [
        _held(tx, one, names[one.record_id], staff.get(one.placed_by, _SOMEBODY))
        if isinstance(one, HoldView)
        else _due(one, names[one.record_id], which, kept_open.get(one.record_id, []), tx.today)
        for one in shown
    ]


def _due(one: Due, name: str, which: Kept, still: list[StillOpen], today: date) -> Line:
    return Line(
        name=name,
        href="" if which is Kept.TOLD else url_for("counsellor.record", ref=one.record_id),
        said=_said(one, which, today),
        last=said_date(one.kept.last_on),
        hold_href=url_for("supervisor.hold", ref=one.record_id),
        open=tuple(_open(one.record_id, kind, still) for kind in OpenKind if any(each.kind is kind for each in still)),
    )


def _said(one: Due, which: Kept, today: date) -> str:
    until = one.kept.held_until
    if which is Kept.TOLD and until and until >= one.on:
        return f"Gardé pour un litige jusqu’au {said_date(until)}"
    past, coming = _WHEN[which]
    return f"{coming if one.on > today else past} {said_date(one.on)}"


def _open(record_id: str, kind: OpenKind, still: Sequence[StillOpen]) -> tuple[str, str]:
    """What is open of that kind in words, and where the first of it is settled."""
    some = [one for one in still if one.kind is kind]
    others = f" et {len(some) - 1} de plus" if len(some) > 1 else ""
    endpoint = _HREFS.get(kind)
    href = url_for(endpoint, ref=some[0].id) if endpoint else url_for("counsellor.record", ref=record_id)
    return f"{kind.label} {said_date(some[0].on)}{others}", href


def _held(tx: Transaction, one: HoldView, name: str, who: str) -> Line:
    return Line(
        name=name,
        href=url_for("counsellor.record", ref=one.record_id) if is_visible(tx, one.record_id) else "",
        said=f"Gardé jusqu’au {said_date(one.until_on)}, par {who}",
        reason=one.reason,
        hold_href=url_for("supervisor.hold", ref=one.record_id),
        lift_href=url_for("supervisor.lift", ref=one.id),
    )
