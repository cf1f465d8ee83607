"""Writing what a record says: its sections, its history and its search tokens, without losing what was not shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.facts import claims_of, put_back, ways_to_reach
from pathway.casework.records.names import token_parts
from pathway.casework.records.queries import CARD, card_view, facts_in, new_tokens_of
from pathway.casework.records.rules import (
    Changes,
    Fact,
    Identity,
    Provenance,
    Section,
    Way,
    fact_from_json,
    fact_to_json,
    same_value,
)
from pathway.casework.records.tables import FactHistory
from pathway.casework.sharing.actions import tell_her
from pathway.casework.sharing.queries import same_person
from pathway.casework.sharing.tables import Record
from pathway.kernel.errors import NotFound
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.sealed_values import reseal_values
from pathway.store.transaction import Transaction

_history = table_of(FactHistory)
_record = table_of(Record)

_NO_CARD = "Aucun dossier ne porte cette référence. Recopiez-la en entier."
WHO_SHE_IS = ("first_name", "last_name", "birth_name", "birth_date")
INFORMATION_PATH = "/mes-informations"  # her own page, to which the letter leads


def provenance_now(tx: Transaction, way: Way) -> Provenance:
    """Who says it, today."""
    return Provenance(
        structure_id=tx.actor.structure_id,
        role=tx.actor.role,
        on=tx.today,
        way=way,
        confirmed_on=None,
        by=tx.actor.account_id,
    )


def write_facts(
    tx: Transaction,
    record_id: str,
    *,
    before: Mapping[str, Fact],
    changes: Changes,
    seqs: Mapping[str, int],
    is_own_only: bool = False,
) -> None:
    """Write what changed since `before`, the facts of that card as the actor was shown them, and keep what is replaced.

    What was not shown is never lost: items hidden or that left the dictionary stay; under `is_own_only` (she stopped
    sharing) so do the answers of the others to the same item. She is told by a letter of what reaches her otherwise.
    `Conflict` when a section moved since `seqs`.
    """
    now = _touched(changes.current, before)
    lost = list(changes.superseded)
    for section, facts in now.items():
        opened = tx.sealing.open(record_id, [section])
        kept = opened[section].payload["facts"] if section in opened else {}
        whole = facts_in([{"facts": kept}])
        if is_own_only:
            facts = {key: put_back(whole.get(key), before.get(key), fact) for key, fact in facts.items()}
        else:
            lost += [one for key, fact in facts.items() for one in _said_twice(whole.get(key), before.get(key), fact)]
        sealed = {key: fact_to_json(fact) for key, fact in facts.items()}
        tx.sealing.write(record_id, section, {"facts": {**kept, **sealed}}, seq=seqs.get(section, 0))
        tell_of_contact(tx, record_id, before=whole, after={**whole, **facts})
    _keep_history(tx, record_id, lost)
    if now.keys() & {Section.IDENTITY.value, Section.CONTACT.value}:
        renew_card(tx, record_id)


def tell_of_contact(tx: Transaction, record_id: str, *, before: Mapping[str, Fact], after: Mapping[str, Fact]) -> None:
    """Tell her by a letter without a name that a number, an e-mail or a caution is not what it was, whoever wrote it:
    once for one write. It goes to the address her account has proved, which no answer ever moves."""
    if ways_to_reach(before) != ways_to_reach(after):
        key = f"contact:{tx.now:%Y%m%d%H%M%S%f}"
        tell_her(tx, record_id, LetterKind.CONTACT_CHANGED, INFORMATION_PATH, key=key)


def past_answers(tx: Transaction, record_id: str, keys: Sequence[str]) -> list[tuple[str, Fact]]:
    """(row id, answer) of what that card said of those items and no longer says."""
    sections = {CATALOGUE[key].section.value for key in keys}
    query = select(_history).where(_history.c.record_id == record_id, _history.c.section.in_(sections))
    opened = ((row.id, tx.sealing.open_value(record_id, "fact_history", row.id, row.blob)) for row in tx.execute(query))
    return [(name, fact_from_json(kept["key"], kept["fact"])) for name, kept in opened if kept["key"] in keys]


def _touched(current: Mapping[str, Fact], before: Mapping[str, Fact]) -> dict[str, dict[str, Fact]]:
    """section → the facts of it that are no longer as they were."""
    sections: dict[str, dict[str, Fact]] = {}
    for key, fact in current.items():
        if fact != before.get(key):
            sections.setdefault(CATALOGUE[key].section.value, {})[key] = fact
    return sections


def _said_twice(whole: Fact | None, seen: Fact | None, now: Fact) -> list[Fact]:
    """Answers not shown because another structure said the same; they leave for history with it."""
    shown = claims_of(seen) if seen else ()
    asked = CATALOGUE[now.key]
    return [
        Fact(key=now.key, value=one.value, provenance=one.provenance)
        for one in (claims_of(whole) if whole else ())
        if one not in shown and one not in claims_of(now) and not same_value(asked, one.value, now.value)
    ]


def _keep_history(tx: Transaction, record_id: str, superseded: Sequence[Fact]) -> None:
    for fact in superseded:
        history_id = new_id()
        payload = {"key": fact.key, "fact": fact_to_json(fact)}
        values = {
            "id": history_id,
            "record_id": record_id,
            "section": CATALOGUE[fact.key].section.value,
            "blob": tx.sealing.seal_value(record_id, "fact_history", history_id, payload),
            "superseded_at": tx.now,
        }
        tx.execute(insert(_history).values(**values))


def renew_card(tx: Transaction, record_id: str, **replaced: str) -> None:
    """Say again who she is on the small card and in the search tokens, from her facts; `replaced`: its number."""
    opened = tx.sealing.open(record_id, [CARD, Section.IDENTITY.value, Section.CONTACT.value])
    facts = facts_in(one.payload for name, one in opened.items() if name != CARD)
    card = opened[CARD].payload
    said = {key: facts[key].value if key in facts else card.get(key) for key in WHO_SHE_IS}
    renewed = {**card, **said, **replaced}
    if renewed != card:
        tx.sealing.write(record_id, CARD, renewed, seq=opened[CARD].seq)
    tx.sealing.set_tokens(record_id, card_tokens(tx, card_view(renewed).identity, facts, renewed["card_number"]))


def card_tokens(tx: Transaction, who: Identity, facts: Mapping[str, Fact], card_number: str) -> list[tuple[int, int]]:
    """The search tokens of that person, from her identity, her contacts and her card's number."""
    phones = facts["phones"].value if "phones" in facts else ()
    email = facts["email"].value if "email" in facts else None
    return new_tokens_of(tx, token_parts(who, phones=phones, email=email, card_number=card_number))


def rekey_record(tx: Transaction, record_id: str) -> int:
    """Give that card a new data key after a leak of its own, and seal all it holds again under it; gives how many
    values of rows of their own were. Files and accounts have keys of their own, that do not change.

    `NotFound` for no card, `Sealed` if anything was altered, `Conflict` when somebody writes meanwhile.
    """
    if tx.execute(select(_record.c.id).where(_record.c.id == record_id)).first() is None:
        raise NotFound(_NO_CARD)
    tx.sealing.rekey(record_id)
    done = reseal_values(tx.connection, tx.sealing, record_id)
    tx.journal("rekey_record", records=same_person(tx, record_id), values=done)
    return done


def by_section(facts: Mapping[str, Fact]) -> dict[str, dict[str, Any]]:
    """section → those facts as they are sealed."""
    sections: dict[str, dict[str, Any]] = {}
    for key, fact in facts.items():
        sections.setdefault(CATALOGUE[key].section.value, {"facts": {}})["facts"][key] = fact_to_json(fact)
    return sections
