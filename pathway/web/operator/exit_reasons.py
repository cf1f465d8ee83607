"""The exact exit reasons of the territory: those of the program, and its own, added and closed, never deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.schemes.actions import close_exit_reason, reopen_exit_reason
from pathway.casework.schemes.exit_reasons import ExitReason, grouped_reasons
from pathway.casework.schemes.queries import own_reasons
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.choice import Choice
from pathway.kernel.clock import local_day
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

NOT_REPORTED = "non repris"


class TurnForm(CarteForm):
    """Nothing to fill: one button."""


@dataclass(frozen=True, kw_only=True)
class OwnLine:
    """One reason of the territory; `reported`: (network, what it calls it)."""

    code: str
    label: str
    kind: str
    reported: Sequence[tuple[str, str]]
    is_open: bool
    since: date


@dataclass(frozen=True, kw_only=True)
class ReasonsPage:
    """Those of the territory, then those of the program: (group, [label, kind, IAE, PLIE, CEJ, FSE+])."""

    own: Sequence[OwnLine]
    given: Sequence[tuple[str, Sequence[Sequence[str]]]]


@allow(Permission.SCHEMES_KEEP)
def view() -> ResponseReturnValue:
    """Show them."""
    return _page(None)


@allow(Permission.SCHEMES_KEEP)
def close(code: str) -> ResponseReturnValue:
    """Offer one of the territory no more."""
    form = TurnForm()
    with gate().attempt(form) as tx:
        close_exit_reason(tx, code)
    return _answer(form, "Motif fermé : il n’est plus proposé. Les sorties qui le portent le gardent.")


@allow(Permission.SCHEMES_KEEP)
def reopen(code: str) -> ResponseReturnValue:
    """Offer it again."""
    form = TurnForm()
    with gate().attempt(form) as tx:
        reopen_exit_reason(tx, code)
    return _answer(form, "Motif rouvert : il est de nouveau proposé.")


def reported(one: ExitReason) -> list[tuple[str, str]]:
    """(network, what it calls that reason)."""
    outcomes: Sequence[tuple[str, Choice | None]] = (
        ("IAE", one.iae),
        ("PLIE", one.plie),
        ("CEJ", one.cej),
        ("FSE+", one.fse),
    )
    return [(network, outcome.label if outcome else NOT_REPORTED) for network, outcome in outcomes]


def _answer(form: CarteForm, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(form)
    notify(said)
    return redirect(url_for("operator.exit_reasons"), 303)


def _page(refused: CarteForm | None) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = ReasonsPage(own=_own(tx), given=_given())
        tx.journal("read_exit_reasons", count=len(page.own))
    return render_template("operator/exit_reasons.html", page=page, refused=refused), 422 if refused else 200


def _own(tx: Transaction) -> list[OwnLine]:
    return [
        OwnLine(
            code=one.reason.code,
            label=one.reason.label,
            kind=one.reason.kind.label,
            reported=reported(one.reason),
            is_open=one.is_open,
            since=local_day(one.since),
        )
        for one in own_reasons(tx)
    ]


def _given() -> list[tuple[str, Sequence[Sequence[str]]]]:
    return [
        (group.label, [(one.label, one.kind.label, *(said for _network, said in reported(one))) for one in those])
        for group, those in grouped_reasons()
    ]
