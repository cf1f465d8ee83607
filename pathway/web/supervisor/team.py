"""« Mon équipe »: who works here, until when, how well protected; and the invitations that wait for an answer."""

from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.sharing.permissions import Permission
from pathway.casework.team.queries import InvitationLine, Member, invitations, team
from pathway.casework.team.rules import is_ending_soon
from pathway.kernel.clock import local_day
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate


@dataclass(frozen=True, kw_only=True)
class MemberLine:
    """One person of the team. `href` is empty when the reader may change nothing there (herself)."""

    name: str
    role: str
    from_on: date
    until_on: date | None
    is_soon: bool
    is_later: bool
    is_protected: bool
    last_sign_in_on: date | None
    is_self: bool
    href: str


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One invitation nobody has answered."""

    name: str
    email: str
    role: str
    invited_on: date
    is_expired: bool
    href: str


@dataclass(frozen=True, kw_only=True)
class TeamPage:
    """The team, the invitations, and how many habilitations end soon."""

    members: tuple[MemberLine, ...]
    waiting: tuple[Waiting, ...]
    ending: int


@allow(Permission.TEAM_READ)
def view() -> ResponseReturnValue:
    """List them."""
    with gate().reading() as tx:
        members = tuple(_member(tx, one) for one in team(tx))
        page = TeamPage(
            members=members,
            waiting=tuple(_waiting(one) for one in invitations(tx)),
            ending=sum(one.is_soon for one in members),
        )
        tx.journal("read_team", people=len(members))
    return render_template("supervisor/team.html", page=page)


def _member(tx: Transaction, one: Member) -> MemberLine:
    return MemberLine(
        name=one.name,
        role=one.role.label,
        from_on=one.from_on,
        until_on=one.until_on,
        is_soon=is_ending_soon(one.until_on, today=tx.today),
        is_later=one.from_on > tx.today,
        is_protected=one.is_protected,
        last_sign_in_on=local_day(one.last_sign_in_at) if one.last_sign_in_at else None,
        is_self=one.is_self,
        href="" if one.is_self else url_for("supervisor.member", ref=one.membership_id),
    )


def _waiting(one: InvitationLine) -> Waiting:
    return Waiting(
        name=one.name,
        email=one.email,
        role=one.role.label,
        invited_on=local_day(one.invited_at),
        is_expired=one.is_expired,
        href=url_for("supervisor.invitation", ref=one.id),
    )
