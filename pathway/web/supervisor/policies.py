"""« Règles de suivi »: what holds for each scheme and since when, what begins later, the drafts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField

from pathway.casework.partners.queries import staff_names
from pathway.casework.policies.actions import withdraw_draft
from pathway.casework.policies.queries import VersionView, in_force, versions_of, writes_for
from pathway.casework.policies.rules import PolicyState
from pathway.casework.schemes.queries import open_schemes
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import listed
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.opened_points import rows_of
from pathway.web.supervisor.policy_words import EVERY_SCHEME, draft_href, origin, rest_of

_SOMEBODY = "une personne de l’équipe"
_CLOSED_SCHEME = "Un dispositif fermé"


class WithdrawForm(CarteForm):
    """Which writing of the draft one abandons."""

    seq = IntegerField()


@dataclass(frozen=True, kw_only=True)
class Held:
    """Rules that hold, for which schemes, since when; None since the beginning."""

    schemes: str
    origin: str
    version: str
    from_on: date | None
    rows: list[tuple[str, str]]
    rest: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A draft, or a version that begins later."""

    ref: str
    seq: int
    scope: str
    version: str
    by: str
    at: datetime
    from_on: date | None
    href: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a draft may be written for."""

    label: str
    href: str


@dataclass(frozen=True, kw_only=True)
class PoliciesPage:
    """What holds, what waits, and what may be written."""

    held: tuple[Held, ...]
    drafts: tuple[Line, ...]
    coming: tuple[Line, ...]
    choices: tuple[Choice, ...]


@allow(Permission.POLICY_MANAGE)
def view() -> ResponseReturnValue:
    """Show them."""
    return _shown(None)


@allow(Permission.POLICY_MANAGE)
def withdraw(ref: str) -> ResponseReturnValue:
    """Abandon a draft."""
    form = WithdrawForm()
    if form.validate():
        with gate().attempt(form) as tx:
            withdraw_draft(tx, version_id=ref, seq=form.seq.data or 0)
    if form.has_errors:
        return _shown(form)
    notify("Brouillon abandonné. Les règles en vigueur n’ont pas changé.")
    return redirect(url_for("supervisor.policies"), 303)


def _shown(form: WithdrawForm | None) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _page(tx)
    return render_template("supervisor/policies.html", page=page, form=form), 422 if form else 200


def _page(tx: Transaction) -> PoliciesPage:
    schemes = {one.id: one.name for one in open_schemes(tx)}
    versions = versions_of(tx)
    names = staff_names(tx, {who for one in versions for who in (one.written_by, one.published_by)})
    coming = [one for one in versions if one.from_on and one.from_on > tx.today]
    own = [Choice(label=name, href=draft_href(scheme_id)) for scheme_id, name in schemes.items()]
    return PoliciesPage(
        held=_held(tx, schemes),
        drafts=tuple(_line(one, schemes, names) for one in versions if one.state is PolicyState.DRAFT),
        coming=tuple(_line(one, schemes, names) for one in reversed(coming)),
        choices=(Choice(label=EVERY_SCHEME, href=draft_href(None)), *own),
    )


def _held(tx: Transaction, schemes: Mapping[str, str]) -> tuple[Held, ...]:
    """One table for all the schemes that follow the same version."""
    here = writes_for(tx)
    found = {scheme_id: in_force(tx, structure_id=here, scheme_id=scheme_id, on=tx.today) for scheme_id in schemes}
    by_version = {one.policy.version: one for one in found.values()}
    return tuple(
        Held(
            schemes=_named([schemes[key] for key, other in found.items() if other.policy.version == version], schemes),
            origin=origin(one),
            version=version,
            from_on=one.from_on,
            rows=rows_of(one.policy),
            rest=rest_of(one.policy),
        )
        for version, one in by_version.items()
    )


def _named(followed: list[str], schemes: Mapping[str, str]) -> str:
    return EVERY_SCHEME if len(followed) == len(schemes) else listed(followed)


def _line(one: VersionView, schemes: Mapping[str, str], names: Mapping[str, str]) -> Line:
    return Line(
        ref=one.id,
        seq=one.seq,
        scope=schemes.get(one.scheme_id, _CLOSED_SCHEME) if one.scheme_id else EVERY_SCHEME,
        version=one.policy.version,
        by=names.get(one.published_by or one.written_by, _SOMEBODY),
        at=one.published_at or one.recorded_at,
        from_on=one.from_on,
        href=draft_href(one.scheme_id),
    )
