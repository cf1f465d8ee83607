"""What Amina decides of her record, and her card: an agreement, a hidden answer, a stop, a paper card, a visit."""

from datetime import timedelta
from functools import partial

from pathway.casework.accounts.passwords import hash_password
from pathway.casework.agreements.actions import give_agreement, hide_part, stop_sharing
from pathway.casework.cards.actions import new_personal_code, present_code, print_card, show_code
from pathway.casework.records.queries import record_opened
from pathway.demo.agenda import Agenda, worked
from pathway.demo.lives import Life

_PRINTED, _TRIED, _VISITED, _AGREED, _STOPPED = 44, 40, 34, 30, 24  # days ago
_MONTHS = 6
_ON_HOUSING = frozenset({"contact", "household", "situation"})
_ON_WORK = frozenset({"contact", "project", "mobility"})
_HIDDEN = ("situation", "last_job_ended_on")


def plan_choices(amina: Life, agenda: Agenda) -> None:
    """Plan them, once her account is open: the CCAS for her housing, the PLIE, and workshops that were not for her."""
    for ago, minute, act in (
        (_PRINTED, 10 * 60, _print_card),
        (_TRIED, 12 * 60 + 10, _try_the_workshops),
        (_VISITED, 15 * 60 + 5, _visit_the_plie),
        (_AGREED, 12 * 60 + 20, _agree_on_housing),
        (_STOPPED, 16 * 60 + 50, _stop_the_workshops),
    ):
        agenda.plan(worked(amina.today - timedelta(days=ago)), minute, partial(act, amina))


def _print_card(amina: Life) -> None:
    code_hash = hash_password(new_personal_code())  # long, so outside the write
    with amina.town.acting("bruno") as tx:
        print_card(tx, record_id=amina.record_id, code_hash=code_hash)


def _try_the_workshops(amina: Life) -> None:
    workshops = amina.town.structures["ateliers-canal"]
    with amina.herself() as tx:
        give_agreement(tx, record_id=amina.record_id, structure_id=workshops, sections=_ON_WORK, months=_MONTHS)


def _visit_the_plie(amina: Life) -> None:
    """She shows her card at the PLIE, which sees her record until that evening."""
    with amina.herself() as tx:
        shown = show_code(tx)
    with amina.town.acting("lucie") as tx:
        present_code(tx, typed=shown.code, address="")
    with amina.town.acting("lucie") as tx:
        record_opened(tx, amina.record_id)


def _agree_on_housing(amina: Life) -> None:
    ccas, (section, item_key) = amina.town.structures["ccas"], _HIDDEN
    with amina.herself() as tx:
        give_agreement(tx, record_id=amina.record_id, structure_id=ccas, sections=_ON_HOUSING, months=_MONTHS)
    with amina.herself() as tx:
        hide_part(tx, record_id=amina.record_id, structure_id=ccas, section=section, item_key=item_key)


def _stop_the_workshops(amina: Life) -> None:
    with amina.herself() as tx:
        stop_sharing(tx, record_id=amina.record_id, structure_id=amina.town.structures["ateliers-canal"])
