"""Entering a scheme without asking again: the fresh is taken over, the stale confirmed, the missing asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.accounts.queries import account_opened_at
from pathway.casework.alerts.actions import clear_settled
from pathway.casework.alerts.notices import notice_sentence
from pathway.casework.alerts.noticing import back_after_entry
from pathway.casework.enrolments.queries import steps
from pathway.casework.journey.rules import overlaps
from pathway.casework.partners.queries import structure_names
from pathway.casework.preparation.queries import InvitationView, invitations_made
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import ReuseState, meter_sentence, reuse
from pathway.casework.relays.actions import enter_scheme
from pathway.casework.schemes.queries import SchemeView, open_schemes, scheme_for_entry, schemes_by_id
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.answers import form_of
from pathway.web.counsellor.reused import Ask, asks, fields_of, gestures, refused_reuse, sides, touched
from pathway.web.counsellor.telling import full_name, her_cautions, overlap_sentence
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

ENTERED_ON = "entered_on"


@dataclass(frozen=True, kw_only=True)
class SchemeChoice:
    """A scheme one may enter the person in; `since` when she is in it already, in this structure.

    `invite_href` posts an invitation to prepare it, empty when she cannot be invited; `invited` says how it stands.
    """

    name: str
    kind: str
    href: str
    since: date | None
    invite_href: str
    invited: str


@dataclass(frozen=True, kw_only=True)
class ChoicePage:
    """Who enters, and in what."""

    name: str
    href: str
    schemes: list[SchemeChoice]


@dataclass(frozen=True, kw_only=True)
class EntryPage:
    """The once-only form: what is taken over by section, what is left to ask, and what she kept for the appointment
    when she prepared it (`later`: item key → her words). `cautions` as on a section."""

    name: str
    href: str
    scheme: SchemeView
    known: dict[str, list[Ask]]
    to_ask: list[Ask]
    later: dict[str, str]
    cautions: str
    overlap: str

    @property
    def taken_over(self) -> list[Ask]:
        """The answers taken over as they are."""
        return [one for group in self.known.values() for one in group]


@allow(Permission.ENTRY_RECORD)
def choose_view(ref: str) -> ResponseReturnValue:
    """The schemes open to the actor's structure."""
    with gate().reading() as tx:
        page = _choices(tx, ref)
    return render_template("counsellor/entry_choice.html", page=page)


@allow(Permission.ENTRY_RECORD)
def view(ref: str, scheme_ref: str) -> ResponseReturnValue:
    """The form of that scheme; on POST, the entry with its answers, and what the person was spared."""
    with gate().reading() as tx:
        page, form = _page(tx, ref, scheme_ref)
    if request.method == "POST":
        said = _save(ref, page, form) if form.validate() else _told_at_once(page, form)
        if not form.has_errors:
            notify(f"Entrée enregistrée. {said}")
            return redirect(page.href, 303)
    return _answer(page, form)


def _told_at_once(page: EntryPage, form: CarteForm) -> str:
    """Beside a date that cannot be read, every answer that cannot either: she corrects the page once."""
    for one in gestures([*page.taken_over, *page.to_ask], form)[1]:
        form.refuse(one)
    return ""


def _answer(page: EntryPage, form: CarteForm) -> ResponseReturnValue:
    opposed = {one.key: sides(one, form) for one in page.to_ask if one.state is ReuseState.CONFLICT}
    opened = touched([*page.taken_over, *page.to_ask], form)
    html = render_template("counsellor/entry.html", form=form, page=page, opposed=opposed, opened=opened)
    return html, 422 if form.has_errors else 200


def _choices(tx: Transaction, ref: str) -> ChoicePage:
    record = record_opened(tx, ref, only=frozenset())
    own = [one for one in steps(tx, ref) if one.exit is None and one.structure_id == tx.actor.structure_id]
    since = {one.scheme_id: one.entered_on for one in own}
    made = invitations_made(tx, ref)
    may_invite = record.access.may_enter and not record.access.is_own_only and account_opened_at(tx, ref) is not None
    return ChoicePage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        schemes=[
            SchemeChoice(
                name=one.name,
                kind=one.kind.label,
                href=url_for("counsellor.entry", ref=ref, scheme_ref=one.id),
                since=since.get(one.id),
                invite_href=url_for("counsellor.invite", ref=ref, scheme_ref=one.id) if may_invite else "",
                invited=_invited(made.get(one.id)),
            )
            for one in open_schemes(tx)
        ],
    )


def _page(tx: Transaction, ref: str, scheme_ref: str) -> tuple[EntryPage, CarteForm]:
    record = record_opened(tx, ref)
    scheme = scheme_for_entry(tx, scheme_ref)
    asked = _asks(tx, record, scheme)
    form = form_of(_fields(tx, scheme, asked))
    page = EntryPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        scheme=scheme,
        known=_by_section(asked),
        to_ask=[one for one in asked if not one.is_taken_over],
        later=_later(tx, ref, scheme_ref),
        cautions=her_cautions(record.cautions),
        overlap=_overlap(tx, ref, scheme),
    )
    return page, form


def _overlap(tx: Transaction, ref: str, scheme: SchemeView) -> str:
    """Who else already runs that kind of support for her, as far as the actor may know; empty if nobody."""
    under_way = [one for one in steps(tx, ref) if one.exit is None]
    schemes = schemes_by_id(tx, (one.scheme_id for one in under_way))
    running = [(schemes[one.scheme_id].kind, one.structure_id) for one in under_way]
    found = overlaps([*running, (scheme.kind, tx.actor.structure_id)])
    return next((overlap_sentence(one, structure_names(tx)) for one in found if one.kind is scheme.kind), "")


def _invited(made: InvitationView | None) -> str:
    if made is None:
        return ""
    if made.answered_at:
        return f"La personne a répondu le {said_date(local_day(made.answered_at))}."
    until = said_date(local_day(made.until_at))
    return f"Invitation envoyée le {said_date(local_day(made.invited_at))}, valable jusqu’au {until}."


def _later(tx: Transaction, ref: str, scheme_ref: str) -> dict[str, str]:
    made = invitations_made(tx, ref).get(scheme_ref)
    return {key: word.label for key, word in made.later.items()} if made else {}


def _asks(tx: Transaction, record: RecordView, scheme: SchemeView) -> list[Ask]:
    proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
    return asks(proposals, structure_names(tx))


def _fields(tx: Transaction, scheme: SchemeView, asked: list[Ask]) -> dict[str, Any]:
    fields = fields_of(asked)
    for question in scheme.questions:
        fields[question.key] = StringField(question.label)
    today: Any = tx.today  # a DayField shows a date; the stubs know texts only
    fields[ENTERED_ON] = DayField("Date d’entrée", [Needed("Écrivez la date d’entrée.")], default=today)
    return fields


def _by_section(asked: list[Ask]) -> dict[str, list[Ask]]:
    groups: dict[str, list[Ask]] = {}
    for one in asked:
        if one.is_taken_over:
            groups.setdefault(one.control.item.section.label, []).append(one)
    return groups


def _save(ref: str, page: EntryPage, form: CarteForm) -> str:
    said = ""
    with gate().attempt(form) as tx:
        answers, refusals = gestures([*page.taken_over, *page.to_ask], form)
        _refuse(form, refusals)
        entered = enter_scheme(
            tx,
            record_id=ref,
            scheme_id=page.scheme.id,
            entered_on=form[ENTERED_ON].day,
            answers=answers,
            own_answers=_own(page.scheme, form),
            refused=refused_reuse(page.taken_over, form),
        )
        clear_settled(tx, record_id=ref)
        back = back_after_entry(tx, ref)
        said = f"{meter_sentence(entered.meter)}." + (f" {notice_sentence(back)}" if back else "")
    return said


def _refuse(form: CarteForm, refusals: list[Invalid]) -> None:
    """Show every refusal beside its field; the last one ends the attempt."""
    for one in refusals[:-1]:
        form.refuse(one)
    if refusals:
        raise refusals[-1]


def _own(scheme: SchemeView, form: CarteForm) -> Mapping[str, str]:
    given = {question.key: (form[question.key].data or "").strip() for question in scheme.questions}
    return {key: value for key, value in given.items() if value}
