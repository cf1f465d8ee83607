"""The habilitations of the town, as its responsables keep them: an end for each, one of them near, one invitation."""

from datetime import timedelta

from pathway.casework.accounts.rules import EventKind
from pathway.casework.accounts.sessions import note
from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import invite, prolong
from pathway.casework.team.queries import team
from pathway.casework.team.rules import STAFF, default_end
from pathway.demo.personas import COLLEAGUES, PERSONAS, Persona
from pathway.demo.town import Town
from pathway.store.actor import SYSTEM, Actor
from pathway.store.outbox import lease, mark_sent
from pathway.store.transaction import Transaction

_ENDING_SOON = "fatou"
_SOON = 18  # days
_MOST = 1000


def keep_teams(town: Town) -> None:
    """Each responsable gives an end to the habilitations of her people; Denis invites somebody, and the letter left."""
    for persona in (*PERSONAS, *COLLEAGUES):
        if persona.role is Role.SUPERVISOR:
            _prolong(town, persona)
    for structure_id in town.structures.values():
        _prolong_the_others(town, structure_id)
    _sign_in_all(town)
    with town.acting("denis") as tx:
        invite(
            tx,
            structure_id=tx.actor.structure_id,
            email="claire@demo.carte.invalid",
            first_name="Claire",
            last_name="Nguyen",
            role=Role.COUNSELLOR,
            until_on=default_end(tx.today),
        )
    _send_all(town)


def _prolong(town: Town, persona: Persona) -> None:
    with town.acting(persona.code) as tx:
        soon = town.accounts[_ENDING_SOON]
        for member in team(tx):
            if member.is_self or member.role not in STAFF:
                continue
            days = timedelta(days=_SOON)
            prolong(
                tx,
                member.membership_id,
                until_on=tx.today + days if member.account_id == soon else default_end(tx.today),
            )
        tx.journal("read_team", structure=tx.actor.structure_id)


def _prolong_the_others(town: Town, structure_id: str) -> None:
    """From the server: the responsables, the roles of the territory, the structures without a responsable."""
    operator = Actor(role=Role.OPERATOR.value, structure_id=structure_id)
    with Transaction(town.store, actor=operator, clock=town.clock, door="demo") as tx:
        for member in team(tx):
            if member.until_on is None:
                prolong(tx, member.membership_id, until_on=default_end(tx.today))
        tx.journal("read_team", structure=tx.actor.structure_id)


def _sign_in_all(town: Town) -> None:
    """They came to work: what is told of their last sign-in."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="demo") as tx:
        for account_id in town.accounts.values():
            note(tx, EventKind.SIGN_IN, account_id=account_id)


def _send_all(town: Town) -> None:
    """Nothing leaves a demonstration: its letters are taken as read."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="demo") as tx:
        for letter in lease(tx, limit=_MOST, until=tx.now):
            mark_sent(tx, letter)
