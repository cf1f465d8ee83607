"""Amina uses her rights: a correction that was answered, another that waits for Denis."""

from datetime import date, timedelta

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.partners.rules import Role
from pathway.casework.rights.actions import answer_request, ask_rectification
from pathway.casework.rights.rules import RequestWay
from pathway.demo.agenda import Agenda, worked
from pathway.demo.lives import Life
from pathway.store.actor import SYSTEM, Actor
from pathway.store.transaction import Transaction

_ASKED, _ANSWERED, _WAITING = 38, 35, 8  # days ago
_FIRST = "Mon inscription à la mission locale commence en mars, pas en mai."
_ANSWER = "Vous avez raison. La date est corrigée dans votre dossier."
_SECOND = "Mon nom de naissance manque. Je peux apporter mon livret de famille."


def plan_requests(life: Life, agenda: Agenda) -> None:
    """Plan both requests and the one answer, once her account is open."""
    asked: list[str] = []
    agenda.plan(_day(life, _ASKED), 11 * 60, lambda: asked.append(_ask(life, _FIRST)))
    agenda.plan(_day(life, _ANSWERED), 15 * 60, lambda: _answer(life, asked[0]))
    agenda.plan(_day(life, _WAITING), 11 * 60, lambda: asked.append(_ask(life, _SECOND)))


def _day(life: Life, ago: int) -> date:
    return worked(life.today - timedelta(days=ago))


def _ask(life: Life, text: str) -> str:
    town = life.town
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="demo", write=False) as tx:
        account_id = account_of_record(tx, life.record_id) or ""
    herself = Actor(role=Role.JOBSEEKER.value, account_id=account_id, record_id=life.record_id)
    with Transaction(town.store, actor=herself, clock=town.clock, door="demo") as tx:
        return ask_rectification(tx, record_id=life.record_id, text=text, way=RequestWay.ACCOUNT)


def _answer(life: Life, request_id: str) -> None:
    with life.town.acting("denis") as tx:
        answer_request(tx, request_id=request_id, version=1, is_granted=True, text=_ANSWER)
