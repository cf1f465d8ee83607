"""Entering a scheme with what is known; its stages; leaving it, or cancelling an exit; supports that end once all is
done."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import insert

from pathway.casework.enrolments.leaving import (
    Exited,
    cancel_exit,
    exit_holder,
    exit_owner,
    preview_exit,
    record_exit,
)
from pathway.casework.enrolments.passing import cancel_stage, change_stage, put_in_first_stage
from pathway.casework.enrolments.queries import METER_COUNTS, finished_supports, is_in_scheme, last_exit_from
from pathway.casework.enrolments.rules import check_entry, planned_end
from pathway.casework.enrolments.tables import Enrolment, EntryMeter
from pathway.casework.followup.actions import resume_points
from pathway.casework.partners.queries import is_sensitive, works_in
from pathway.casework.preparation.actions import close_invitation
from pathway.casework.records.actions import SUPPORT_SECTIONS, save_answers, set_referent
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, Meter, Proposal, ReuseState, Way, meter, reuse
from pathway.casework.schemes.queries import SchemeView, scheme_for_entry
from pathway.casework.sharing.actions import end_grants, open_support
from pathway.casework.sharing.queries import has_lasting_support, own_card
from pathway.casework.sharing.rules import Cause
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

__all__ = [
    "Entered",
    "Exited",
    "cancel_exit",
    "cancel_stage",
    "change_stage",
    "end_finished_supports",
    "exit_holder",
    "exit_owner",
    "preview_exit",
    "record_entry",
    "record_exit",
    "record_past_entry",
]

_enrolment = table_of(Enrolment)
_meter = table_of(EntryMeter)

_READING_DAYS = 30
_ONLY_READING = "Un accès exceptionnel sert à lire : il n’ouvre pas d’étape. Demandez sa carte à la personne."
_ALREADY_IN = "Cette personne est déjà dans ce dispositif, dans votre structure. Son dossier montre l’étape en cours."


@dataclass(frozen=True, kw_only=True)
class Entered:
    """A recorded entry: its id, what the person was spared, and how many points of earlier exits it takes over."""

    enrolment_id: str
    meter: Meter
    resumed: int = 0


def record_entry(
    tx: Transaction,
    *,
    record_id: str,
    scheme_id: str,
    entered_on: date,
    answers: Sequence[Answer],
    own_answers: Mapping[str, str] | None = None,
    refused: AbstractSet[str] = frozenset(),
) -> Entered:
    """Enter a person in a scheme: keep the answers with their provenance, count what was reused, open the support.

    `refused`: keys whose reuse she declined, asked anew. What she was invited to prepare is closed. A person without
    référent de parcours gets the actor. In a scheme with stages she is in the first one. Near points of her earlier
    exits are closed as « repris », but by an hour's workshop, which follows nobody. `Refused` on impossible dates,
    `Conflict` if she is already in that scheme in this structure, `Invalid` (field = item key) if a required answer is
    missing.
    """
    scheme = scheme_for_entry(tx, scheme_id)
    structure_id = tx.actor.structure_id
    if is_in_scheme(tx, record_id=record_id, scheme_id=scheme_id, structure_id=structure_id):
        raise Conflict(_ALREADY_IN)
    left_on = last_exit_from(tx, record_id=record_id, scheme_id=scheme_id, structure_id=structure_id)
    check_entry(entered_on=entered_on, today=tx.today, last_exit_on=left_on)
    record = record_opened(tx, record_id)
    if not record.access.may_enter:
        raise Refused(_ONLY_READING)
    proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today, refused=refused)
    _check_answered(proposals, answers)
    _check_required(scheme, own_answers or {})
    counted = meter(proposals, answers)
    save_answers(tx, record, answers, way=Way.SAID)
    enrolment_id = _insert_enrolment(tx, record.own_id, scheme, entered_on, own_answers or {})
    counts = {name: getattr(counted, name) for name in METER_COUNTS}
    tx.execute(insert(_meter), {"enrolment_id": enrolment_id, **counts})
    if scheme.stages:
        put_in_first_stage(tx, enrolment_id=enrolment_id, record_id=record.own_id, scheme_id=scheme_id, on=entered_on)
    open_support(
        tx, record_id=record.own_id, structure_id=structure_id, cause_id=enrolment_id, sections=SUPPORT_SECTIONS
    )
    may_answer = works_in(tx, tx.actor.account_id, structure_id) and not is_sensitive(tx, structure_id)
    if record.referent is None and may_answer:
        set_referent(tx, record_id=record_id, account_id=tx.actor.account_id)
    close_invitation(tx, record_id=record_id, scheme_id=scheme_id)
    resumed = 0 if scheme.is_short_activity else resume_points(tx, record_id=record_id, entered_on=entered_on)
    tx.journal("record_entry", records=[record.own_id], enrolment=enrolment_id, scheme=scheme_id, resumed=resumed)
    return Entered(enrolment_id=enrolment_id, meter=counted, resumed=resumed)


def record_past_entry(tx: Transaction, *, record_id: str, scheme_id: str, entered_on: date) -> str:
    """Keep a step lived before the card, as a file tells it: nothing was asked, nothing is counted; gives its id.

    The person is already supported by the actor's structure. `NotFound` for a scheme that is not open to it.
    """
    scheme = scheme_for_entry(tx, scheme_id)
    own_id = own_card(tx, record_id)
    enrolment_id = _insert_enrolment(tx, own_id, scheme, entered_on, {})
    open_support(
        tx,
        record_id=own_id,
        structure_id=tx.actor.structure_id,
        cause_id=enrolment_id,
        sections=SUPPORT_SECTIONS,
    )
    tx.journal("record_past_entry", records=[own_id], enrolment=enrolment_id, scheme=scheme_id)
    return enrolment_id


def end_finished_supports(
    tx: Transaction, *, but: Collection[tuple[str, str]] = (), cards: Collection[str] | None = None
) -> int:
    """Let supports with nothing left to do end after 30 days' reading; gives how many. The person stays followed by the
    structure of her référent de parcours. `but`: (record id, structure id) of those that still expect something.
    `cards`: only theirs."""
    for record_id, structure_id in finished_supports(tx, cards=cards):
        has_lasting_support(tx, record_id, structure_id)  # holds the grant against an entry under way
    finished = [one for one in finished_supports(tx, cards=cards) if one not in but]
    for record_id, structure_id in finished:
        end_grants(
            tx,
            record_id=record_id,
            structure_id=structure_id,
            cause=Cause.SUPPORT,
            until_at=tx.now + timedelta(days=_READING_DAYS),
        )
    tx.journal("end_finished_supports", records=[record_id for record_id, _ in finished])
    return len(finished)


def _check_answered(proposals: Sequence[Proposal], answers: Sequence[Answer]) -> None:
    given = {one.key for one in answers if one.gesture is not Gesture.LEFT_EMPTY}
    for proposal in proposals:
        known = proposal.state in (ReuseState.FRESH, ReuseState.STALE)
        if proposal.is_required and not known and proposal.item.key not in given:
            raise Invalid(
                f"« {proposal.item.label} » : donnez la réponse, ou notez que la personne ne souhaite pas répondre.",
                field=proposal.item.key,
            )


def _check_required(scheme: SchemeView, own_answers: Mapping[str, str]) -> None:
    for question in scheme.questions:
        if question.is_required and not own_answers.get(question.key, "").strip():
            raise Invalid(f"« {question.label} » : répondez à cette question.", field=question.key)


def _insert_enrolment(
    tx: Transaction, record_id: str, scheme: SchemeView, entered_on: date, own_answers: Mapping[str, str]
) -> str:
    enrolment_id = new_id()
    answers = tx.sealing.seal_value(record_id, "enrolment", enrolment_id, dict(own_answers)) if own_answers else None
    values = {
        "id": enrolment_id,
        "record_id": record_id,
        "scheme_id": scheme.id,
        "structure_id": tx.actor.structure_id,
        "account_id": tx.actor.account_id,
        "entered_on": entered_on,
        "planned_end_on": planned_end(entered_on, scheme.planned_days),
        "answers": answers,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_enrolment), values)
    return enrolment_id
