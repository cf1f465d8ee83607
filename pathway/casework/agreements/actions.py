"""Giving and withdrawing an agreement, hiding a part, recording what a structure's right stands on."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, insert, select, update

from pathway.casework.agreements.queries import (
    partner,
    sharing_of,
    sharing_with,
    waiting_paper,
)
from pathway.casework.agreements.rules import (
    ALL_STRUCTURES,
    ALWAYS_SEEN,
    USUAL_MONTHS,
    AgreementWay,
    Basis,
    Purpose,
    agreed,
    agreement_end,
    check_basis,
    check_hiding,
    purpose_of,
)
from pathway.casework.agreements.tables import Agreement, SharingBasis
from pathway.casework.documents.actions import add_document
from pathway.casework.documents.rules import DocumentKind, Upload
from pathway.casework.sharing.actions import (
    WHO_SEES_PATH,
    end_agreement_grants,
    end_withdrawals,
    hide,
    open_grants,
    show,
    tell_her,
    withdraw,
)
from pathway.casework.sharing.queries import access_of, own_card, same_person
from pathway.casework.sharing.rules import Cause, pack_sections, unpack_sections
from pathway.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction

_agreement = table_of(Agreement)
_basis = table_of(SharingBasis)

_EXCEPTIONAL = "Un accès exceptionnel ne permet pas de décider du partage avec la personne."
_NOT_HERS = (
    "Votre structure n’accompagne pas cette personne : elle note seulement ce que la personne décide pour votre "
    "structure. Pour les autres, la personne le fait sur son compte, ou avec une structure qui l’accompagne."
)
_STOPPED = (
    "La personne a arrêté le partage avec votre structure : ce qu’elle décide pour les autres se note ailleurs, ou sur "
    "son compte."
)
_ALREADY_GIVEN = marked("Cet accord vient d’être enregistré par quelqu’un d’autre. Relisez la page.")
_HERS_TO_END = (
    "Cette personne a arrêté le partage avec votre structure : elle le reprend sur son compte, ou par un papier signé."
)
_PAPER_IN_HAND = "Un papier se signe avec un·e professionnel·le."


def give_agreement(
    tx: Transaction, *, record_id: str, structure_id: str, sections: Collection[str], months: int = USUAL_MONTHS
) -> str:
    """Let that structure see those sections for that many months, from now; gives the agreement's id.

    She gives it on her own account, or in front of a professional who records her yes. It replaces the agreement she
    gave before to that structure, and ends her stop. `Refused` from an exceptional access, for another structure from
    one that does not support her or that she stopped, for health without a recorded basis, or for the actor's own
    structure when she stopped it: she ends that on her account, or by a signed paper. `NotFound` for a structure she
    cannot share with.
    """
    way = AgreementWay.PHONE if tx.actor.record_id else AgreementWay.IN_PERSON
    if structure_id == tx.actor.structure_id and access_of(tx, record_id).is_own_only:
        raise Refused(_HERS_TO_END, field="structure")
    agreement_id = _written(tx, record_id, structure_id, sections, months, way)
    _put_in_force(tx, agreement_id)
    return agreement_id


def draft_agreement(
    tx: Transaction, *, record_id: str, structure_id: str, sections: Collection[str], months: int = USUAL_MONTHS
) -> str:
    """Prepare a paper to sign; gives its reference. Nothing is opened until the signed paper is deposited."""
    if tx.actor.record_id:
        raise Refused(_PAPER_IN_HAND)
    agreement_id = _written(tx, record_id, structure_id, sections, months, AgreementWay.PAPER)
    tx.journal("agreement_drafted", records=[record_id], structure=structure_id)
    return agreement_id


def deposit_paper(tx: Transaction, *, record_id: str, reference: str, upload: Upload) -> str:
    """Keep the signed paper and put its agreement in force; gives the agreement's id.

    `Invalid` when no paper of that person waits under that reference.
    """
    paper = waiting_paper(tx, record_id, reference)
    _check_decider(tx, record_id, paper.structure_id)
    has_basis = partner(tx, record_id, paper.structure_id).has_health_basis
    agreed(paper.sections - {ALWAYS_SEEN}, has_health_basis=has_basis)
    document_id = add_document(tx, record_id=paper.record_id, kind=DocumentKind.SIGNED_AGREEMENT, upload=upload)
    signed = {"document_id": document_id, "recorded_by": tx.actor.account_id}
    tx.execute(update(_agreement).where(_agreement.c.id == paper.id).values(**signed))
    _put_in_force(tx, paper.id)
    return paper.id


def stop_sharing(tx: Transaction, *, record_id: str, structure_id: str) -> None:
    """Stop sharing with that structure, or with all (`ALL_STRUCTURES`), at once.

    Her agreements with it end, and every other grant but a lasting support is overridden; that support is narrowed to
    what the structure recorded itself. By herself, or by a professional she asks, who is told to her by a letter.
    """
    _check_decider(tx, record_id, structure_id)
    known = {one.structure_id for one in sharing_of(tx, record_id)}
    if structure_id != ALL_STRUCTURES and structure_id not in known:
        raise NotFound
    end_agreement_grants(tx, record_id=record_id, structure_id=structure_id)
    _close_agreements(tx, record_id, structure_id)
    withdraw(tx, record_id=record_id, structure_id=structure_id)
    _tell_unless_hers(tx, record_id)
    tx.journal("agreement_withdrawn", records=same_person(tx, record_id), structure=structure_id)


def share_again(tx: Transaction, *, record_id: str, structure_id: str) -> None:
    """End her stop: what still holds (a support, a relay) opens again. Agreements that ended stay ended."""
    _check_herself(tx, record_id)
    if sharing_with(tx, record_id, structure_id).is_stopped:
        end_withdrawals(tx, record_id=record_id, structure_id=structure_id)
    tx.journal("sharing_resumed", records=same_person(tx, record_id), structure=structure_id)


def hide_part(tx: Transaction, *, record_id: str, structure_id: str, section: str, item_key: str = "") -> None:
    """Hide a section, or one item of it, from that structure, at once. Only she may."""
    _check_herself(tx, record_id)
    check_hiding(section, item_key)
    sharing_with(tx, record_id, structure_id)
    hide(tx, record_id=record_id, structure_id=structure_id, section=section, item_key=item_key)
    tx.journal("part_hidden", records=same_person(tx, record_id), structure=structure_id)


def show_part(tx: Transaction, *, record_id: str, structure_id: str, section: str, item_key: str = "") -> None:
    """Show again what she hid from that structure, inside what its grants open. Only she may."""
    _check_herself(tx, record_id)
    sharing_with(tx, record_id, structure_id)
    show(tx, record_id=record_id, structure_id=structure_id, section=section, item_key=item_key)
    tx.journal("part_shown", records=same_person(tx, record_id), structure=structure_id)


def record_basis(tx: Transaction, *, structure_id: str, purpose: Purpose, basis: Basis, notice_version: str) -> None:
    """Record what gives that structure the right to use records for that purpose, instead of the earlier basis.

    `Invalid` when that basis cannot hold for that purpose.
    """
    check_basis(purpose, basis)
    here = (
        _basis.c.structure_id == structure_id,
        _basis.c.purpose == purpose.value,
        _basis.c.superseded_on.is_(None),
    )
    tx.execute(update(_basis).where(*here).values(superseded_on=tx.today))
    values = {
        "id": new_id(),
        "structure_id": structure_id,
        "purpose": purpose.value,
        "basis": basis.value,
        "notice_version": notice_version,
        "recorded_on": tx.today,
        "recorded_by": tx.actor.account_id,
    }
    tx.execute(insert(_basis).values(**values))
    tx.journal("record_basis", structure=structure_id, purpose=purpose.value, basis=basis.value)


def _check_decider(tx: Transaction, record_id: str, structure_id: str) -> None:
    """She, or a professional: for the own structure whoever follows her, for another one whoever supports her without
    an end and was not stopped by her. Never an exceptional access."""
    if tx.actor.record_id:
        return
    access = access_of(tx, record_id)
    if not access.may_enter:
        raise Refused(_EXCEPTIONAL)
    if structure_id != tx.actor.structure_id and not access.is_lasting_support:
        raise Refused(_NOT_HERS, field="structure")
    if structure_id != tx.actor.structure_id and access.is_own_only:
        raise Refused(_STOPPED, field="structure")


def _tell_unless_hers(tx: Transaction, record_id: str) -> None:
    if not tx.actor.record_id:
        tell_her(tx, record_id, LetterKind.DECISION_RECORDED, WHO_SEES_PATH)


def _check_herself(tx: Transaction, record_id: str) -> None:
    access_of(tx, record_id)
    if not tx.actor.record_id:
        raise NotAllowed


def _written(
    tx: Transaction,
    record_id: str,
    structure_id: str,
    sections: Collection[str],
    months: int,
    way: AgreementWay,
) -> str:
    known = partner(tx, record_id, structure_id)
    _check_decider(tx, record_id, structure_id)
    chosen = agreed(sections, has_health_basis=known.has_health_basis)
    agreement_id = new_id()
    values = {
        "id": agreement_id,
        "record_id": own_card(tx, record_id),  # what is agreed for one card opens no other once they are taken apart
        "structure_id": structure_id,
        "by_structure_id": tx.actor.structure_id,
        "recorded_by": tx.actor.account_id,
        "purpose": purpose_of(chosen).value,
        "way": way.value,
        "sections": pack_sections(chosen),
        "recorded_at": tx.now,
        "until_at": agreement_end(tx.now, months),
    }
    tx.execute(insert(_agreement).values(**values))
    return agreement_id


def _put_in_force(tx: Transaction, agreement_id: str) -> None:
    """Open what it names until its end, instead of the earlier agreement with that structure and of her stop."""
    one = tx.execute(select(_agreement).where(_agreement.c.id == agreement_id)).one()
    end_agreement_grants(tx, record_id=one.record_id, structure_id=one.structure_id)
    _close_agreements(tx, one.record_id, one.structure_id)
    waiting = (_agreement.c.id == agreement_id, _agreement.c.given_at.is_(None))
    if tx.execute(update(_agreement).where(*waiting).values(given_at=tx.now)).rowcount != 1:
        raise Conflict(_ALREADY_GIVEN)
    sections = unpack_sections(one.sections)
    open_grants(
        tx,
        record_ids=[one.record_id],
        structure_id=one.structure_id,
        cause=Cause.AGREEMENT,
        cause_id=agreement_id,
        sections=sections,
        until_at=one.until_at,
    )
    end_withdrawals(tx, record_id=one.record_id, structure_id=one.structure_id)
    _tell_unless_hers(tx, one.record_id)
    tx.journal("agreement_given", records=[one.record_id], sections=sorted(sections), structure=one.structure_id)


def _close_agreements(tx: Transaction, record_id: str, structure_id: str) -> None:
    """Mark as withdrawn the agreements in force with that structure, or with all."""
    here: list[ColumnElement[bool]] = [
        _agreement.c.record_id.in_(same_person(tx, record_id)),
        _agreement.c.given_at.is_not(None),
        _agreement.c.withdrawn_at.is_(None),
    ]
    if structure_id != ALL_STRUCTURES:
        here.append(_agreement.c.structure_id == structure_id)
    tx.execute(update(_agreement).where(*here).values(withdrawn_at=tx.now))
