"""Inviting her to prepare, keeping what she answers at once, closing when the entry is recorded."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.preparation.queries import asked_of_her, own_invitation, said_instead
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
from pathway.store.letter_kinds import LetterKind
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
    tx: Transaction,
    *,
    invitation_id: str,
    answers: Sequence[Answer],
    later: Mapping[str, Later],
    typed: Mapping[str, Any] | None = None,
) -> int:
    """Keep at once what she answers of that invitation, as her own words; gives how many. It can be done again until
    the entry. `later`: what she keeps for the appointment. `typed`: item key → what she typed and may not answer before
    she proves who she is: shown to her again for half an hour, and no answer. What was not asked is left out.
    `NotFound` once it ended."""
    one = own_invitation(tx, invitation_id)
    record = record_opened(tx, tx.actor.record_id)
    asked = {proposal.item.key for proposal in asked_of_her(tx, one, record)}
    said = [answer for answer in answers if answer.key in asked and answer.gesture is not Gesture.REFUSED]
    save_answers(tx, record, said, way=Way.PREPARED)
    left = asked - {answer.key for answer in said}
    waiting = {key: value for key, value in (typed or {}).items() if key in left}
    kept = {key: word.value for key, word in later.items() if key in left}
    answered_at = tx.now if said or kept or not waiting else one.answered_at
    sealed = _sealed(tx, one.record_id, one.id, kept, waiting)
    tx.execute(update(_invitation).where(_invitation.c.id == one.id).values(answered_at=answered_at, later=sealed))
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


def forget_typed(tx: Transaction) -> int:
    """Forget what was typed before a proof that never came; gives for how many invitations."""
    recent = _invitation.c.invited_at > tx.now - 2 * INVITED_FOR  # an older one has ended long ago
    forgotten = 0
    for row in tx.execute(select(_invitation).where(_invitation.c.later.is_not(None), recent)).all():
        said = said_instead(tx, row)
        if said.typed and said.is_old(tx.now):
            sealed = _sealed(tx, row.record_id, row.id, said.later, {})
            tx.execute(update(_invitation).where(_invitation.c.id == row.id).values(later=sealed))
            forgotten += 1
    return forgotten


def _sealed(
    tx: Transaction, record_id: str, invitation_id: str, later: Mapping[str, str], typed: Mapping[str, Any]
) -> bytes | None:
    if not later and not typed:
        return None
    kept: dict[str, Any] = {"later": dict(later)}
    if typed:
        kept |= {"typed": dict(typed), "typed_at": tx.now.isoformat()}
    return tx.sealing.seal_value(record_id, "entry_invitation", invitation_id, kept)


def _check_useful(tx: Transaction, record_id: str, scheme: SchemeView) -> None:
    record = record_opened(tx, record_id)
    proposals = reuse(scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
    if not to_prepare(proposals, since=tx.today):
        raise Refused(_NOTHING_LEFT)
