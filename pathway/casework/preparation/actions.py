"""Inviting her to prepare, keeping what she answers at once, closing when the entry is recorded."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, update

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.preparation.queries import asked_of_her, own_invitation
from pathway.casework.preparation.rules import INVITED_FOR, Later, to_prepare
from pathway.casework.preparation.tables import EntryInvitation
from pathway.casework.records.actions import save_answers
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, Way, reuse
from pathway.casework.schemes.queries import SchemeView, scheme_for_entry
from pathway.casework.sharing.actions import tell_her
from pathway.casework.sharing.queries import access_of, own_card, same_person
from pathway.kernel.errors import Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.outbox import LetterKind
from pathway.store.transaction import Transaction

_invitation = table_of(EntryInvitation)

PREPARE_PATH = "/mon-parcours"
_ONLY_READING = "Un accès exceptionnel sert à lire : il n’invite pas la personne à préparer une entrée."
_STOPPED = "La personne a arrêté le partage avec votre structure : préparez l’entrée avec elle, au rendez-vous."
_NOTHING_LEFT = "Tout est déjà connu pour ce dispositif : la personne n’a rien à préparer."
_NO_ACCOUNT = "La personne n’a pas encore ouvert son espace. Donnez-lui d’abord un code d’activation."


def invite_to_prepare(tx: Transaction, *, record_id: str, scheme_id: str) -> str:
    """Invite her to prepare that scheme's entry on her own account; gives the invitation's id. An earlier one for the
    same scheme is replaced. She gets a letter without a name if her address is proved.

    `NotFound` for a scheme the structure may not use, `Refused` for somebody without an account or who stopped sharing,
    and when the structure reads that nothing is left to ask.
    """
    access = access_of(tx, record_id)
    if not access.may_enter:
        raise Refused(_ONLY_READING)
    if access.is_own_only:
        raise Refused(_STOPPED)
    scheme = scheme_for_entry(tx, scheme_id)
    _check_useful(tx, record_id, scheme)
    if not any(account_of_record(tx, card) for card in same_person(tx, record_id)):
        raise Refused(_NO_ACCOUNT)
    close_invitation(tx, record_id=record_id, scheme_id=scheme_id)
    invitation_id, card = new_id(), own_card(tx, record_id)
    values = {
        "id": invitation_id,
        "record_id": card,
        "scheme_id": scheme.id,
        "structure_id": tx.actor.structure_id,
        "invited_by": tx.actor.account_id,
        "invited_at": tx.now,
        "until_at": tx.now + INVITED_FOR,
    }
    tx.execute(insert(_invitation).values(**values))
    tell_her(tx, record_id, LetterKind.PREPARE_ENTRY, PREPARE_PATH, key=f"prepare:{invitation_id}")
    tx.journal("invite_to_prepare", records=[card], scheme=scheme.id)
    return invitation_id


def answer_preparation(
    tx: Transaction, *, invitation_id: str, answers: Sequence[Answer], later: Mapping[str, Later]
) -> int:
    """Keep at once what she answers of that invitation, as her own words; gives how many. It can be done again until
    the entry. `later`: what she keeps for the appointment. What was not asked is left out. `NotFound` once it ended."""
    one = own_invitation(tx, invitation_id)
    record = record_opened(tx, tx.actor.record_id)
    asked = {proposal.item.key for proposal in asked_of_her(tx, one, record)}
    said = [answer for answer in answers if answer.key in asked and answer.gesture is not Gesture.REFUSED]
    save_answers(tx, record, said, way=Way.PREPARED)
    kept = {key: word.value for key, word in later.items() if key in asked - {answer.key for answer in said}}
    sealed = tx.sealing.seal_value(one.record_id, "entry_invitation", one.id, kept) if kept else None
    here = update(_invitation).where(_invitation.c.id == one.id)
    tx.execute(here.values(answered_at=tx.now, later=sealed))
    tx.journal("prepare_entry", records=[record.own_id], scheme=one.scheme.id)
    return len(said)


def close_invitation(tx: Transaction, *, record_id: str, scheme_id: str) -> None:
    """Close what the actor's structure had invited her to prepare for that scheme, on all her cards."""
    here = (
        _invitation.c.record_id.in_(same_person(tx, record_id)),
        _invitation.c.scheme_id == scheme_id,
        _invitation.c.structure_id == tx.actor.structure_id,
        _invitation.c.closed_at.is_(None),
    )
    tx.execute(update(_invitation).where(*here).values(closed_at=tx.now))


def _check_useful(tx: Transaction, record_id: str, scheme: SchemeView) -> None:
    record = record_opened(tx, record_id)
    proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
    if not to_prepare(proposals, since=tx.today):
        raise Refused(_NOTHING_LEFT)
