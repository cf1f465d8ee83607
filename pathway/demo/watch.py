"""What is looked at again: accesses Amina asks about, exceptional ones, cards that look alike, a lost second factor."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from pathway.casework.agreements.actions import give_agreement
from pathway.casework.alerts.actions import settle_cards
from pathway.casework.links.actions import decide_match
from pathway.casework.links.queries import cards_of_match, identities_compared, matches_in
from pathway.casework.links.rules import MatchState, Reason, Verdict
from pathway.casework.oversight.actions import answer_contest, open_contest, open_exceptional, review_exceptional
from pathway.casework.oversight.queries import contests_to_answer, exceptional_to_review, own_log
from pathway.casework.oversight.rules import ExceptionalReason, Outcome
from pathway.casework.records.queries import CARD, card_view, record_opened
from pathway.casework.resets.actions import ask_factor_reset
from pathway.casework.resets.rules import FactorReason
from pathway.casework.team.queries import team
from pathway.demo.agenda import Agenda, worked
from pathway.demo.lives import Life
from pathway.demo.told import Told, plan_told
from pathway.demo.town import Town

_READ = "read_record"
_FIRST = "Je ne connais pas la personne qui a ouvert mon dossier ce jour-là. Pourquoi l’a-t-elle ouvert ?"
_ANSWER = (
    "Bruno était absent ce jour-là. Sa collègue Fatou, du même service, a vérifié l’heure de votre rendez-vous. "
    "Elle n’a rien changé dans votre dossier."
)
_SECOND = "Je n’avais pas de rendez-vous ce jour-là. Pourquoi mon dossier a-t-il été ouvert ?"
_PLACE = "Lucie est absente. Une place en formation est à confirmer aujourd’hui, il faut appeler la personne."
_VERDICT = (
    "Vous avez été appelée le jour même pour cette place. Votre dossier a été lu une fois, rien n’y a été changé."
)
_CONTRACT = "Son contrat d’insertion s’arrête bientôt. Un employeur attend notre réponse cette semaine."
_ON_NEXT_STEPS = frozenset({"contact", "project", "pathway"})


def plan_watch(lives: Mapping[str, Life], agenda: Agenda) -> None:
    """Plan all of it, for those of these people who live in the town."""
    plan_told(WATCHED, lives, agenda)


def plan_lost_factor(town: Town, agenda: Agenda, *, today: date) -> None:
    """Plan what Denis asks for Fatou, who changed her telephone: an operator has yet to confirm it."""
    agenda.plan(worked(today - timedelta(days=1)), 16 * 60 + 15, partial(_ask_factor_reset, town))


def _day(life: Life, ago: int) -> date:
    return worked(life.today - timedelta(days=ago))


def _look(by: str, life: Life) -> None:
    """Somebody opens the record, and changes nothing."""
    with life.town.acting(by) as tx:
        record_opened(tx, life.record_id)


def _ask(about: str, message: str, life: Life) -> None:
    """She asks why that professional last opened her record."""
    looked = life.town.accounts[about]
    with life.herself() as tx:
        line = next(one for one in own_log(tx) if one.action == _READ and one.account_id == looked)
        open_contest(tx, seq=line.seq, action=_READ, message=message)


def _explain(life: Life) -> None:
    with life.town.acting("denis") as tx:
        hers = next(one for one in contests_to_answer(tx) if one.record_id == life.record_id)
        answer_contest(tx, contest_id=hers.id, text=_ANSWER)


def _open_an_hour(by: str, reason: ExceptionalReason, note: str, life: Life) -> None:
    """With the card number the structure kept from that time."""
    with life.town.acting(by, write=False) as tx:
        number = card_view(tx.sealing.open(life.record_id, [CARD])[CARD].payload).card_number
    with life.town.acting(by) as tx:
        open_exceptional(tx, card_number=number, birth_date=life.who.birth_date, reason=reason, note=note)


def _find_justified(life: Life) -> None:
    with life.town.acting("ines") as tx:
        access = next(one for one in exceptional_to_review(tx) if one.record_id == life.record_id)
        review_exceptional(tx, access_id=access.id, outcome=Outcome.JUSTIFIED, verdict=_VERDICT)


def _judge_same(life: Life) -> None:
    """Inès compares the pairs that wait, until the one in which that card is: somebody wrote it wrong."""
    with life.town.acting("ines") as tx:
        waiting = (identities_compared(tx, line.id) for line in matches_in(tx, MatchState.OPEN, page=1)[0])
        pair = next(one for one in waiting if life.identity in (one.first, one.second))
        decide_match(tx, match_id=pair.id, verdict=Verdict.SAME, reason=Reason.MISSPELT, version=pair.version)
        settle_cards(tx, cards_of_match(tx, pair.id))


def _agree_at_the_workshops(life: Life) -> None:
    """She says yes in front of Marc: the Point Accueil Emploi sees her record for three months, which have passed."""
    desk = life.town.structures["pae-centre"]
    with life.town.acting("marc") as tx:
        give_agreement(tx, record_id=life.record_id, structure_id=desk, sections=_ON_NEXT_STEPS, months=3)


def _ask_factor_reset(town: Town) -> None:
    with town.acting("denis") as tx:
        fatou = next(one for one in team(tx) if one.account_id == town.accounts["fatou"])
        ask_factor_reset(tx, fatou.membership_id, reason=FactorReason.CHANGED)


_AMINA, _SANDRINE = "Amina Benkacem (elise)", "Sandrine Quéré (marc)"
_QUESTIONS: tuple[Told, ...] = (
    Told(_AMINA, 27, 9 * 60 + 40, partial(_look, "fatou")),
    Told(_AMINA, 26, 12 * 60 + 30, partial(_ask, "fatou", _FIRST)),
    Told(_AMINA, 21, 10 * 60 + 5, _explain),
    Told(_AMINA, 6, 9 * 60 + 20, partial(_look, "bruno")),
    Told(_AMINA, 5, 12 * 60 + 40, partial(_ask, "bruno", _SECOND)),
)
_EXCEPTIONS: tuple[Told, ...] = (
    Told(_AMINA, 20, 10 * 60 + 20, partial(_open_an_hour, "yvan", ExceptionalReason.DEADLINE, _PLACE)),
    Told(_AMINA, 20, 10 * 60 + 25, partial(_look, "yvan")),
    Told(_AMINA, 16, 11 * 60, _find_justified),
    Told(_SANDRINE, 140, 11 * 60 + 20, _agree_at_the_workshops),
    Told(_SANDRINE, 2, 14 * 60 + 30, partial(_open_an_hour, "denis", ExceptionalReason.DEADLINE, _CONTRACT)),
    Told(_SANDRINE, 2, 14 * 60 + 35, partial(_look, "denis")),
)
_PAIRS: tuple[Told, ...] = (
    Told("Fanta Doumbia (nadia)", 40, 10 * 60, _judge_same),
    Told("Amina Ben Kacem (hugo)", 19, 10 * 60 + 30, _judge_same),
)
WATCHED = (*_QUESTIONS, *_EXCEPTIONS, *_PAIRS)
