"""A crowd of invented people with real sealed cards and tokens, written in lots: names as unequally common as ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import insert

from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.names import Identity, token_parts
from pathway.casework.records.queries import CARD, new_tokens_of
from pathway.casework.sharing.rules import Cause, pack_sections
from pathway.casework.sharing.tables import AccessGrant, Record
from pathway.demo.town import Town
from pathway.kernel.ids import new_card_number, new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction
from tools.benchmarks.measure import Say

_record = table_of(Record)
_grant = table_of(AccessGrant)

_LOT = 1000
_SURNAMES = 30_000
_FIRST_NAMES = 900
_UNKNOWN = 0.025  # of the birth dates: some 1 January
_FIRST_DAY = date(1955, 1, 1)
_DAYS = 19_000
_SYLLABLES = {
    "start": "ba be bou ca che da di dou fa gau gui ha ka la le ma mo na nde o pe ra ro sa si ta thi tra va ya za",
    "middle": "ba bi cha da di fi ga ki la li lo ma mi na ni ra ri ro sa ssi ta ti vi za",
    "end": "bert ca chard dji doux fer gier ko lard les li llo man mont nard ne ni oui quet ra rez rot sson tier yan",
}
_STARTS, _MIDDLES, _ENDS = (text.split() for text in _SYLLABLES.values())


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One of the crowd."""

    record_id: str
    identity: Identity
    phone: str
    email: str
    card_number: str


def crowd(town: Town, count: int, *, structure_id: str, seed: int, say: Say) -> list[Somebody]:
    """Write that many people, all followed by that structure. The same seed gives the same people."""
    people: list[Somebody] = []
    drawn = _people(seed)
    while len(people) < count:
        lot = [next(drawn) for _ in range(min(_LOT, count - len(people)))]
        with town.acting("denis") as tx:
            _write(tx, lot, structure_id)
        people += lot
        if len(people) % 50_000 == 0:
            say(f"{len(people)} personnes écrites sur {count}")
    return people


def _people(seed: int) -> Iterator[Somebody]:
    draw, number = Random(seed), 0
    while True:
        number += 1
        named = f"{seed}{number:07d}"
        yield Somebody(
            record_id=new_id(),
            identity=drawn_identity(draw),
            phone=f"+336{named[-8:]}",
            email=f"p{named}@exemple.fr",
            card_number=new_card_number(),
        )


def drawn_identity(draw: Random) -> Identity:
    """Somebody with names as unequally common as in any register, and a birth date; 2.5 % are born « on 1 January »."""
    born = _FIRST_DAY + timedelta(days=draw.randrange(_DAYS))
    return Identity(
        last_name=_name(_rank(draw, _SURNAMES)),
        first_name=_name(_rank(draw, _FIRST_NAMES)),
        birth_date=date(born.year, 1, 1) if draw.random() < _UNKNOWN else born,
    )


def _rank(draw: Random, count: int) -> int:
    """The rank of a name: the commonest ones are borne by many, as in any register."""
    return int(count ** draw.random()) - 1


def _name(rank: int) -> str:
    rest, start = divmod(rank * 7919, len(_STARTS))  # neighbouring ranks must not sound alike
    rest, end = divmod(rest, len(_ENDS))
    middle = _MIDDLES[rest % len(_MIDDLES)]
    return f"{_STARTS[start]}{middle}{_ENDS[end]}".capitalize()


def _write(tx: Transaction, lot: list[Somebody], structure_id: str) -> None:
    for one in lot:
        parts = token_parts(one.identity, phones=[one.phone], email=one.email, card_number=one.card_number)
        tx.sealing.create(one.record_id, {CARD: _card(one)}, new_tokens_of(tx, parts))
    tx.sealing.flush()
    common = {"created_by": tx.actor.account_id, "structure_id": structure_id, "recorded_at": tx.now}
    tx.execute(insert(_record), [{"id": one.record_id, "canonical_id": one.record_id, **common} for one in lot])
    tx.execute(insert(_grant), [_granted(tx, one, structure_id) for one in lot])
    tx.journal("create_records", created=len(lot))


def _card(one: Somebody) -> dict[str, object]:
    who = one.identity
    return {
        "first_name": who.first_name,
        "last_name": who.last_name,
        "birth_name": None,
        "birth_date": who.birth_date.isoformat(),
        "card_number": one.card_number,
    }


def _granted(tx: Transaction, one: Somebody, structure_id: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "record_id": one.record_id,
        "structure_id": structure_id,
        "cause": Cause.SUPPORT.value,
        "cause_id": "",
        "sections": pack_sections(SUPPORT_SECTIONS),
        "from_at": tx.now,
        "recorded_at": tx.now,
    }
