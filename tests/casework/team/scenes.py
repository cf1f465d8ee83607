"""Denis and his team, for the tests of habilitations."""

from datetime import date

from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import Sent, invite
from pathway.casework.team.queries import Member, member_seen, team
from pathway.demo.town import Town
from pathway.store.transaction import Transaction

UNTIL = date(2027, 11, 20)
ADDRESS = "claire.nguyen@exemple.fr"


def member_of(town: Town, persona: str, by: str = "denis") -> Member:
    """That person's habilitation as the responsable sees it."""
    with town.acting(by, write=False) as tx:
        return next(one for one in team(tx) if one.account_id == town.accounts[persona])


def seen(town: Town, membership_id: str, by: str = "denis") -> Member:
    """The habilitation of that id, read again."""
    with town.acting(by, write=False) as tx:
        return member_seen(tx, membership_id)


def invited(town: Town, *, email: str = ADDRESS, by: str = "denis", role: Role = Role.COUNSELLOR) -> Sent:
    """An invitation to the actor's structure."""
    with town.acting(by) as tx:
        return invited_in(tx, email=email, role=role, structure_id=tx.actor.structure_id)


def invited_in(tx: Transaction, *, email: str, role: Role, structure_id: str) -> Sent:
    """An invitation to that structure."""
    return invite(
        tx,
        structure_id=structure_id,
        email=email,
        first_name="Claire",
        last_name="Nguyen",
        role=role,
        until_on=UNTIL,
    )


def secret_in(sent: Sent) -> str:
    """What the link of that invitation holds."""
    return sent.path.rpartition("/")[2]
