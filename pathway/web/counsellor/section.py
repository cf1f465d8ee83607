"""Editing one section of what is known: only what was changed is written, and nobody writes over a colleague unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField

from pathway.casework.partners.queries import structure_names
from pathway.casework.records.actions import edit_section
from pathway.casework.records.catalogue import Item, items_of, shown
from pathway.casework.records.erasure import erasable_among
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import Fact, Section, Way, last_confirmed, same_value
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid, NotFound
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.answers import Control, answered, control, field, form_of
from pathway.web.counsellor.telling import full_name, her_cautions, origin
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

CONFIRM, PROOF, SEQ = "all_confirmed", "proof_seen", "read_seq"


@dataclass(frozen=True, kw_only=True)
class SectionPage:
    """The section, its controls, and what is known now of each item, in words.

    `erase_hrefs`: item key → where an answer of it is erased, when the reader may. `cautions`: those said by others
    that go with what is shown, in one sentence.
    """

    name: str
    href: str
    title: str
    controls: list[Control]
    known: dict[str, str]
    rivals: dict[str, list[str]]
    erase_hrefs: dict[str, str]
    cautions: str
    record_ref: str
    is_health: bool


@allow(Permission.RECORD_EDIT)
def view(ref: str, section: str) -> ResponseReturnValue:
    """The form of one section; on POST, what changed is written unless somebody wrote in between."""
    record, page, chosen = _opened(ref, section)
    form = _form(record, chosen)
    if request.method == "POST" and form.validate():
        changed = _save(ref, chosen, record, form)
        if not form.has_errors:
            notify("Informations enregistrées." if changed else "Rien n’a changé.", "done" if changed else "info")
            return redirect(page.href, 303)
        record, page, chosen = _opened(ref, section)
        form[SEQ].data = record.seqs[chosen.value]
    return render_template("counsellor/section.html", form=form, page=page), 422 if form.has_errors else 200


def _opened(ref: str, code: str) -> tuple[RecordView, SectionPage, Section]:
    with gate().reading() as tx:
        wanted = next((one for one in Section if one.value == code), None)
        record = record_opened(tx, ref, only=frozenset({wanted} if wanted else ()))
        if wanted is None:
            abort(404)  # a mistyped address of a record one may read is no refusal to tell her about
        if wanted not in record.sections:
            raise NotFound
        return record, _page(tx, record, wanted), wanted


def _page(tx: Transaction, record: RecordView, section: Section) -> SectionPage:
    names = structure_names(tx)
    items = items_of(section)
    facts = [(item, record.facts[item.key]) for item in items if item.key in record.facts]
    return SectionPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=record.id),
        title=section.label,
        controls=[control(item) for item in items],
        known={item.key: _told(item, fact, names) for item, fact in facts if not fact.rivals},
        rivals={item.key: _versions(item, fact, names) for item, fact in facts if fact.rivals},
        erase_hrefs={
            key: url_for("counsellor.erase", ref=record.id, item=key)
            for key in erasable_among(tx, record, [item.key for item in items])
        },
        cautions=her_cautions(record.cautions),
        record_ref=record.id,
        is_health=section is Section.HEALTH,
    )


def _told(item: Item, fact: Fact, names: Mapping[str, str]) -> str:
    day = said_date(last_confirmed(fact.provenance))
    return f"{shown(item, fact.value)} ({origin(fact.provenance, names)}, {day})"


def _versions(item: Item, fact: Fact, names: Mapping[str, str]) -> list[str]:
    said = [(fact.value, fact.provenance), *((one.value, one.provenance) for one in fact.rivals)]
    return [f"« {shown(item, value)} » ({origin(source, names)}, {said_date(source.on)})" for value, source in said]


def _form(record: RecordView, section: Section) -> CarteForm:
    fields: dict[str, Any] = {}
    for item in items_of(section):
        fact = record.facts.get(item.key)
        # Two answers that disagree: neither is shown as chosen, so that saving the rest settles nothing.
        value = fact.value if fact and not fact.rivals else None
        fields[item.key] = field(item, value=value, may_be_unknown=value is None)
    fields[PROOF] = BooleanField("J’ai vu un justificatif")
    fields[CONFIRM] = BooleanField("La personne confirme toutes les réponses de cette page")
    fields[SEQ] = IntegerField("", default=record.seqs[section.value])
    return form_of(fields)


def _save(ref: str, section: Section, record: RecordView, form: CarteForm) -> bool:
    changed = False
    with gate().attempt(form) as tx:
        values = _typed(section, record, form)
        way = Way.PROOF if form[PROOF].data else Way.SAID
        seq = form[SEQ].data if isinstance(form[SEQ].data, int) else -1
        changed = edit_section(tx, record_id=ref, section=section, values=values, seq=seq, way=way)
    return changed


def _typed(section: Section, record: RecordView, form: CarteForm) -> dict[str, Any]:
    """The answers to write, checked; every error is shown at once beside its field."""
    values: dict[str, Any] = {}
    refused: list[Invalid] = []
    for item in items_of(section):
        try:
            value = answered(item, form[item.key])
        except Invalid as refusal:
            refused.append(refusal)
            continue
        if value is not None and (form[CONFIRM].data or not _is_known(item, record, value)):
            values[item.key] = value
    for earlier in refused[:-1]:
        form.refuse(earlier)
    if refused:
        raise refused[-1]
    return values


def _is_known(item: Item, record: RecordView, value: Any) -> bool:
    fact = record.facts.get(item.key)
    if fact is None or fact.rivals:
        return False
    return fact.value == value or (isinstance(value, list) and same_value(item, fact.value, value))
