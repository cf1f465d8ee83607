"""Her whole record at once, as one document that a program and a person can read; docs/format-dossier.md says it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select

from pathway.casework.action_plan.copying import copied_engagements, copied_plan
from pathway.casework.agreements.rules import AgreementWay, Purpose
from pathway.casework.agreements.tables import Agreement
from pathway.casework.alerts.copying import copied_alerts
from pathway.casework.documents.export import copied_documents
from pathway.casework.documents.rules import DocumentKind, MediaType
from pathway.casework.documents.tables import Document
from pathway.casework.encounters.export import copied_appointments
from pathway.casework.enrolments.copying import copied_stages
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.followup.export import own_wishes
from pathway.casework.followup.rules import Channel, ContactResult, ExitKind, PlanKind, PointKind, PointState
from pathway.casework.followup.tables import ContactAttempt, Plan, Point
from pathway.casework.notes.export import copied_notes
from pathway.casework.oversight.queries import ContestView, own_contests, own_log
from pathway.casework.oversight.rules import ExceptionalReason, Line, Outcome
from pathway.casework.oversight.tables import ExceptionalAccess
from pathway.casework.oversight.vocabulary import deed_of
from pathway.casework.partners.queries import staff_names, structure_names
from pathway.casework.partners.rules import Role
from pathway.casework.preparation.tables import EntryInvitation
from pathway.casework.records.catalogue import CATALOGUE, shown
from pathway.casework.records.erasure import Erased, erased_answers
from pathway.casework.records.facts import Provenance, fact_from_json
from pathway.casework.records.queries import CARD, RecordView, record_opened
from pathway.casework.records.rules import Fact
from pathway.casework.records.tables import FactHistory, Referent
from pathway.casework.records.vocabulary import Section
from pathway.casework.relays.export import own_relays
from pathway.casework.rights.queries import RequestView, own_requests
from pathway.casework.schemes.queries import SchemeView, reason_of, schemes_by_id
from pathway.casework.sharing.queries import of_person, same_person
from pathway.casework.sharing.rules import Cause, Part, unpack_sections
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, RestrictedPart, Withdrawal
from pathway.casework.territory.queries import territory_contact
from pathway.casework.walk_ins.export import copied_walk_ins
from pathway.kernel.choice import Choice
from pathway.kernel.errors import NotAllowed
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

FORMAT, VERSION = "carte-dossier", 1
_NEUTRAL, _PROGRAM = "Une structure", "Le programme de la carte"
_LABELS: Mapping[str, str] = {one.value: one.label for one in (*Section, *Part)}

Entry = dict[str, Any]


def whole_record(tx: Transaction) -> Entry:
    """Everything kept about the actor herself, in the order of docs/format-dossier.md: values of JSON only, days as
    « 2026-11-20 », instants in UTC. Journalled as an export. `NotAllowed` for anybody but the person."""
    if not tx.actor.record_id:
        raise NotAllowed
    scribe = _Scribe(tx=tx, record_id=tx.actor.record_id, names=structure_names(tx))
    record = record_opened(tx, tx.actor.record_id)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "etabli_le": tx.now.isoformat(),
        "territoire": territory_contact(tx).name or None,
        "personne": scribe.person(record),
        "informations": [scribe.fact(record.facts[key]) for key in CATALOGUE if key in record.facts],
        "reponses_remplacees": scribe.history(),
        "reponses_effacees": [scribe.erased(one) for one in erased_answers(tx)],
        "preparations": scribe.invitations(),
        "etapes": scribe.steps(),
        "relais": own_relays(tx, scribe.names),
        "plan_d_action": copied_plan(tx, scribe.names),
        "contrats_d_engagement": copied_engagements(tx, scribe.names),
        "rendez_vous": copied_appointments(tx, scribe.names),
        "points_de_suivi": scribe.points(),
        "contacts": scribe.contacts(),
        "passages": copied_walk_ins(tx, scribe.names),
        "notes": copied_notes(tx, scribe.names),
        "rythmes_souhaites": own_wishes(tx, scribe.names),
        "alertes": copied_alerts(tx, scribe.names),
        "referents": scribe.referents(),
        **scribe.sharing(),
        "documents": scribe.documents(),
        "vos_documents": copied_documents(tx, scribe.names),
        "demandes": [scribe.request(one) for one in own_requests(tx)],
        "questions": [scribe.question(one) for one in own_contests(tx)],
        "acces_exceptionnels": scribe.exceptional(),
        "journal": [scribe.line(one) for one in own_log(tx)],
    }
    tx.journal("record_exported", records=same_person(tx, tx.actor.record_id))
    return document


@dataclass(frozen=True, kw_only=True)
class _Scribe:
    """Writes the rows of one person down; `names` are structures by id, each under its true name for her."""

    tx: Transaction
    record_id: str
    names: Mapping[str, str]

    def person(self, record: RecordView) -> Entry:
        cards = self.tx.sealing.open_many(same_person(self.tx, self.record_id), CARD)
        who = record.card.identity
        return {
            "prenom": who.first_name,
            "nom": who.last_name,
            "nom_de_naissance": who.birth_name,
            "date_de_naissance": who.birth_date.isoformat(),
            "numeros_de_carte": sorted(card["card_number"] for card in cards.values()),
        }

    def fact(self, fact: Fact) -> Entry:
        rivals = [{**_value(fact.key, one.value), "origine": self.origin(one.provenance)} for one in fact.rivals]
        return {**_named(fact.key), **self.said(fact), "autres_reponses": rivals}

    def said(self, fact: Fact) -> Entry:
        return {**_value(fact.key, fact.value), "origine": self.origin(fact.provenance)}

    def origin(self, source: Provenance) -> Entry:
        return {
            "structure": self.name(source.structure_id),
            "role": _label(Role, source.role),
            "le": source.on.isoformat(),
            "maniere": _coded(source.way),
            "confirme_le": _day(source.confirmed_on),
        }

    def history(self) -> list[Entry]:
        found = []
        for row in self.rows(FactHistory, "superseded_at"):
            kept = self.opened(row, "fact_history", row.blob)
            if kept is not None:
                fact = fact_from_json(kept["key"], kept["fact"])
                found.append({**_named(fact.key), **self.said(fact), "remplacee_le": _instant(row.superseded_at)})
        return found

    def steps(self) -> list[Entry]:
        rows = self.rows(Enrolment, "entered_on")
        schemes = schemes_by_id(self.tx, (row.scheme_id for row in rows))
        exits: dict[str, list[Entry]] = {}
        for row in self.rows(SchemeExit, "recorded_at"):
            exits.setdefault(row.enrolment_id, []).append(self.ending(row))
        return [self.step(row, schemes[row.scheme_id], exits.get(row.id, [])) for row in rows]

    def step(self, row: Row[Any], scheme: SchemeView, exits: list[Entry]) -> Entry:
        answers = self.opened(row, "enrolment", row.answers) or {}
        # A question that has become an item of the dictionary is asked by it now; what was answered then stays here.
        known = {key: CATALOGUE[key].label for key in answers if key in CATALOGUE}
        labels = {**known, **{one.key: one.label for one in (*scheme.retired, *scheme.questions)}}
        return {
            "dispositif": scheme.name,
            "structure": self.name(row.structure_id),
            "entree_le": _day(row.entered_on),
            "fin_prevue_le": _day(row.planned_end_on),
            "reponses": [
                {"question": labels.get(key, key), "reponse_lue": str(value)} for key, value in answers.items()
            ],
            "phases": copied_stages(self.tx, row.id, scheme.stage_names),
            "sorties": exits,
        }

    def ending(self, row: Row[Any]) -> Entry:
        kept = self.opened(row, "scheme_exit", row.reason) or {}
        return {
            "le": _day(row.event_on),
            "genre": _coded(ExitKind(row.kind)),
            "motif": reason_of(self.tx, kept["reason"]).label if kept.get("reason") else None,
            "annulee_le": _instant(row.cancelled_at),
        }

    def points(self) -> list[Entry]:
        plans = {row.id: row for row in self.rows(Plan, "recorded_at")}
        return [
            {
                "genre": _coded(PointKind(row.kind)),
                "prevu_le": _day(row.due_on),
                "prevu_au_depart_le": _day(row.original_due_on),
                "etat": _coded(PointState(row.state)),
                "structure": self.name(row.structure_id),
                "apres": _coded(PlanKind(plans[row.plan_id].kind)),
                "clos_le": _instant(row.closed_at),
            }
            for row in self.rows(Point, "due_on")
        ]

    def contacts(self) -> list[Entry]:
        return [
            {
                "le": _day(row.made_on),
                "moyen": _coded(Channel(row.channel)),
                "resultat": _coded(ContactResult(row.result)),
                "structure": self.name(row.structure_id),
                "note": (self.opened(row, "contact_attempt", row.note) or {}).get("note"),
                "retire_le": _instant(row.undone_at),
            }
            for row in self.rows(ContactAttempt, "made_on")
        ]

    def referents(self) -> list[Entry]:
        rows = self.rows(Referent, "from_at")
        people = staff_names(self.tx, [row.account_id for row in rows])
        return [
            {"nom": people.get(row.account_id), "structure": self.name(row.structure_id), **_span(row)} for row in rows
        ]

    def sharing(self) -> Entry:
        return {
            "acces_ouverts": [
                {
                    "structure": self.name(row.structure_id),
                    "cause": _coded(Cause(row.cause)),
                    "parties": _parts(unpack_sections(row.sections)),
                    **_span(row),
                }
                for row in self.rows(AccessGrant, "from_at")
            ],
            "accords": [self.agreement(row) for row in self.rows(Agreement, "recorded_at")],
            "arrets": _once(
                {"structure": self.name(row.structure_id) if row.structure_id else "Toutes", **_span(row)}
                for row in self.rows(Withdrawal, "from_at")
            ),
            "parties_cachees": _once(
                {"structure": self.name(row.structure_id), **_part(row), **_span(row)}
                for row in self.rows(HiddenPart, "from_at")
            ),
            "limitations": _once({**_part(row), **_span(row)} for row in self.rows(RestrictedPart, "from_at")),
        }

    def agreement(self, row: Row[Any]) -> Entry:
        return {
            "structure": self.name(row.structure_id),
            "finalite": _coded(Purpose(row.purpose)),
            "maniere": _coded(AgreementWay(row.way)),
            "parties": _parts(unpack_sections(row.sections)),
            "note_le": _instant(row.recorded_at),
            "donne_le": _instant(row.given_at),
            "jusqu_au": _instant(row.until_at),
            "retire_le": _instant(row.withdrawn_at),
        }

    def documents(self) -> list[Entry]:
        return [
            {
                "genre": _coded(DocumentKind(row.kind)),
                "type": MediaType(row.media_type).label,
                "ajoute_le": _instant(row.recorded_at),
                "structure": self.name(row.structure_id),
            }
            for row in self.rows(Document, "recorded_at")
        ]

    def request(self, one: RequestView) -> Entry:
        return {
            "genre": _coded(one.kind),
            "etat": _coded(one.state),
            "maniere": _coded(one.way),
            "structure": self.name(one.structure_id),
            "partie": CATALOGUE[one.item_key].label if one.item_key in CATALOGUE else _LABELS.get(one.section),
            "message": one.message or None,
            "faite_le": _instant(one.asked_at),
            "reponse_avant_le": _day(one.term.last_day),
            "raison_du_delai": one.extension or None,
            "reponse_recue": one.answer or None,
            "terminee_le": _instant(one.closed_at),
        }

    def question(self, one: ContestView) -> Entry:
        return {
            "acces": f"{self.name(one.structure_id) or _PROGRAM} {deed_of(one.action).said}",
            "acces_le": _instant(one.done_at),
            "etat": _coded(one.state),
            "message": one.message or None,
            "faite_le": _instant(one.opened_at),
            "reponse_avant_le": _day(one.due_on),
            "reponses_recues": [
                {"structure": self.name(said.structure_id), "texte": said.text, "le": _instant(said.answered_at)}
                for said in one.answers
            ],
        }

    def erased(self, one: Erased) -> Entry:
        return {
            **_named(one.item_key),
            "dite_par": self.name(one.said_by),
            "effacee_par": self.name(one.structure_id),
            "raison": _coded(one.reason),
            "effacee_le": _instant(one.at),
        }

    def invitations(self) -> list[Entry]:
        rows = self.rows(EntryInvitation, "invited_at")
        schemes = schemes_by_id(self.tx, (row.scheme_id for row in rows))
        return [
            {
                "dispositif": schemes[row.scheme_id].name,
                "structure": self.name(row.structure_id),
                "invitee_le": _instant(row.invited_at),
                "jusqu_au": _instant(row.until_at),
                "repondue_le": _instant(row.answered_at),
                "fermee_le": _instant(row.closed_at),
            }
            for row in rows
        ]

    def exceptional(self) -> list[Entry]:
        return [
            {
                "structure": self.name(row.structure_id),
                "raison": _coded(ExceptionalReason(row.reason)),
                "note": (self.opened(row, "exceptional_access", row.note) or {}).get("text"),
                "ouvert_le": _instant(row.opened_at),
                "jusqu_au": _instant(row.until_at),
                "verification": _coded(Outcome(row.outcome)) if row.outcome else None,
                "verifie_le": _instant(row.reviewed_at),
            }
            for row in self.rows(ExceptionalAccess, "opened_at")
        ]

    def line(self, one: Line) -> Entry:
        deed = deed_of(one.action)
        return {
            "jour": _day(one.day),
            "par": "Vous" if one.is_own else self.name(one.structure_id) or _PROGRAM,
            "role": None if one.is_own else _label(Role, one.role),
            "acte": {"code": one.action, "libelle": deed.said},
            "but": None if one.is_own else deed.purpose.label,
            "parties": _parts(one.sections),
            "instants": [at.isoformat() for at in one.instants],
        }

    def name(self, structure_id: str) -> str | None:
        return self.names.get(structure_id, _NEUTRAL) if structure_id else None

    def rows(self, model: Any, newest: str) -> list[Row[Any]]:
        """The rows of all her cards in that table, newest first."""
        table = table_of(model)
        query: Select[Any] = select(table).where(of_person(table.c.record_id))
        ordered = query.order_by(table.c[newest].desc(), table.c.id)
        return list(self.tx.execute(ordered, {"record_id": self.record_id}))

    def opened(self, row: Row[Any], place: str, blob: bytes | None) -> Any:
        return self.tx.sealing.open_value(row.record_id, place, row.id, blob) if blob else None


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """What she closes is written on each of her cards; it is told once."""
    told: list[Entry] = []
    for one in entries:
        if one not in told:
            told.append(one)
    return told


def _named(key: str) -> Entry:
    item = CATALOGUE.get(key)
    return {"cle": key, "libelle": item.label if item else key, "rubrique": _coded(item.section) if item else None}


def _value(key: str, value: Any) -> Entry:
    item = CATALOGUE.get(key)
    return {"reponse": value, "reponse_lue": shown(item, value) if item else str(value)}


def _part(row: Row[Any]) -> Entry:
    item = CATALOGUE.get(row.item_key)
    return {"partie": item.label if item else _LABELS.get(row.section, row.section), "rubrique": row.section}


def _parts(codes: Iterable[str]) -> list[str]:
    held = set(codes)
    return [label for code, label in _LABELS.items() if code in held]


def _coded(choice: Choice) -> Entry:
    return {"code": choice.value, "libelle": choice.label}


def _label(kind: type[Choice], code: str) -> str | None:
    return next((one.label for one in kind if one.value == code), None)


def _span(row: Row[Any]) -> Entry:
    return {"depuis": _instant(row.from_at), "jusqu_au": _instant(row.until_at)}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _day(on: date | None) -> str | None:
    return on.isoformat() if on else None
