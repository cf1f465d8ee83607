"""Budgets at the door: refused before anything is read, said plainly, told to the responsable."""

from dataclasses import dataclass

from flask import Flask, current_app, g, make_response, render_template, request, session
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import staff_names
from pathway.casework.sharing.permissions import Permission
from pathway.casework.usage.actions import record_reached
from pathway.casework.usage.queries import readings, responsables, were_opened_today
from pathway.casework.usage.rules import Budgets, Meter, QuotaReached, Reading, Scope, began_at, said_use
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import ngettext
from pathway.kernel.settings import Settings
from pathway.kernel.wording import listed, said_hour
from pathway.store.transaction import Transaction
from pathway.web.gate import Gate, gate, journal_refusal, references
from pathway.web.jinja import notify

_TOLD = "volume_told"
_SEARCHING = frozenset({Meter.SEARCHES_HOUR, Meter.NAMES_DAY, Meter.REFUSALS_HOUR})
_OPENING = frozenset({Meter.RECORDS_HOUR, Meter.RECORDS_DAY, Meter.REFUSALS_HOUR})
_LISTING = frozenset({Meter.NAMES_DAY})
# Pages whose address holds an id that leads to no record, or gestures that answer by a redirect to a list.
_NO_RECORD_IN = ("scheme_ref",)
_NO_RECORD = frozenset(
    {
        Permission.ACCOUNT_USE,
        Permission.ACCESS_REVIEW,
        Permission.ALERTS_ACT,
        Permission.OWN_LOG_CONTEST,
        Permission.OWN_PATHWAY_READ,
        Permission.OWN_RIGHTS,
        Permission.RIGHTS_ANSWER,
        Permission.SHARING_DECIDE,
        Permission.VOLUME_CHECK,
    }
)


@dataclass(frozen=True, kw_only=True)
class QuotaPage:
    """What the refusal says: what was used, until when it holds, who was told (nobody for a jobseeker)."""

    what: str
    limit: int
    until: str
    told: str
    is_structure: bool
    keeps_records: bool


def budgets_of(settings: Settings) -> Budgets:
    """The budgets this instance chose."""
    return Budgets(
        searches_hour=settings.quota_searches_hour,
        records_hour=settings.quota_records_hour,
        records_day=settings.quota_records_day,
        names_day=settings.quota_names_day,
        rows_day=settings.quota_rows_day,
        refusals_hour=settings.quota_refusals_hour,
        structure_times=settings.quota_structure_times,
    )


def install_quota(app: Flask, settings: Settings) -> None:
    """Put the budgets behind the gate (which charges them) and give their refusal its page."""
    app.extensions["carte_budgets"] = budgets_of(settings)
    app.before_request(_check)
    app.register_error_handler(QuotaReached, _reached)


def said_until(reading: Reading) -> str:
    """« jusqu’à 11 h 00 » or « jusqu’à minuit », in metropolitan France's time."""
    if not reading.meter.is_hourly:
        return _("jusqu’à minuit")
    return _("jusqu’à %(hour)s", hour=said_hour(reading.ends_at))


def _check() -> None:
    here: Gate | None = g.get("gate")
    view = current_app.view_functions.get(request.endpoint or "")
    permission = getattr(view, "permission", None)
    if here is None or here.session is None or not isinstance(permission, Permission):
        return
    with here.reading() as tx:
        now = readings(tx, current_app.extensions["carte_budgets"])
        spent = _spent(tx, now, permission)
    if spent is not None:
        raise QuotaReached(spent)
    _warn(here, now)


def _spent(tx: Transaction, now: list[Reading], permission: Permission) -> Reading | None:
    """The budget that stops this request; None for what was already opened today, so that work begun can be ended."""
    used_up = [one for one in now if one.is_spent]
    stopping = [one for one in used_up if one.meter in _meters(permission) or _stops_search(one, permission)]
    if not stopping or (_asked() and were_opened_today(tx, _asked())):
        return None
    return max(stopping, key=lambda one: one.ends_at)


def _meters(permission: Permission) -> frozenset[Meter]:
    if _is_search(permission):
        return _SEARCHING
    if _asked() and permission not in _NO_RECORD:
        return _OPENING
    return _LISTING if permission is Permission.RECORD_READ else frozenset()


def _asked() -> list[str]:
    """The ids in the address that may lead to a record."""
    elsewhere = {(request.view_args or {}).get(name) for name in _NO_RECORD_IN}
    return [one for one in references() if one not in elsewhere]


def _stops_search(reading: Reading, permission: Permission) -> bool:
    """A structure that spent any of its budgets searches no more."""
    return reading.scope is Scope.STRUCTURE and _is_search(permission)


def _is_search(permission: Permission) -> bool:
    return permission is Permission.RECORD_SEARCH and request.method == "POST"


def _warn(here: Gate, now: list[Reading]) -> None:
    near = [one for one in now if one.is_near]
    hour = began_at(Meter.SEARCHES_HOUR, here.clock.now()).isoformat()
    if request.method != "GET" or not near or session.get(_TOLD) == hour:
        return
    session[_TOLD] = hour
    one = max(near, key=lambda reading: (reading.count / reading.budget, reading.ends_at))
    who = "Votre structure a" if one.scope is Scope.STRUCTURE else "Vous avez"
    told = " Votre responsable le voit." if here.actor.structure_id else ""
    notify(f"{who} {said_use(one.meter, one.count)}. La limite est de {one.budget}.{told}", "late")


def _reached(error: QuotaReached) -> ResponseReturnValue:
    here = gate()
    here.close()
    with Transaction(here.store, actor=here.actor, clock=here.clock, door="web") as tx:
        record_reached(tx, error.reading)
        journal_refusal(tx, error)
        page = _page(tx, error.reading)
        wait = error.reading.ends_at - tx.now
    here.acts, here.is_refused = [], True
    answer = make_response(render_template("account/quota.html", page=page), 429)
    answer.headers["Retry-After"] = str(max(int(wait.total_seconds()), 1))
    return answer


def _page(tx: Transaction, reading: Reading) -> QuotaPage:
    others = [one for one in responsables(tx, tx.actor.structure_id) if one != tx.actor.account_id]
    is_structure = reading.scope is Scope.STRUCTURE
    return QuotaPage(
        what=_what(reading, is_structure=is_structure),
        limit=reading.budget,
        until=said_until(reading),
        told=listed(sorted(staff_names(tx, others).values())),
        is_structure=is_structure,
        keeps_records=bool(tx.actor.structure_id),
    )


def _what(reading: Reading, *, is_structure: bool) -> str:
    """What was used; of a person, only refused pages are counted, and she is told in her language."""
    if reading.meter is Meter.REFUSALS_HOUR and not is_structure:
        return ngettext(
            "Vous avez demandé %(num)s page refusée en une heure.",
            "Vous avez demandé %(num)s pages refusées en une heure.",
            reading.count,
        )
    who = "Votre structure a" if is_structure else "Vous avez"
    return f"{who} {said_use(reading.meter, reading.count)}."
