"""« Sécurité de mon compte »: what protects it, where it is open, what happened; and closing what should not be."""

from dataclasses import dataclass, replace
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.queries import Event, SessionLine, account_by_id, latest_events, open_sessions
from pathway.casework.accounts.rules import EventKind
from pathway.casework.accounts.sessions import end_sessions, forget_devices, note
from pathway.casework.factors.queries import factors_of
from pathway.casework.factors.rules import Factors
from pathway.casework.partners.queries import PROFILE
from pathway.casework.partners.rules import Role
from pathway.casework.resets.queries import TO_CHECK
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.languages import ngettext
from pathway.store.transaction import Transaction
from pathway.web.account.devices import known_name, said_device
from pathway.web.account.enrolment import current_session
from pathway.web.account.mine import layout
from pathway.web.account.party import relying_party
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_EVERY_OTHER = "toutes"


@dataclass(frozen=True, kw_only=True)
class SecurityPage:
    """All the page shows. `opened_on`: the day a person's account was opened."""

    is_person: bool
    can_passkey: bool
    factors: Factors
    sessions: tuple[SessionLine, ...]
    events: tuple[Event, ...]
    opened_on: date | None
    email: str
    email_to_check: str

    @property
    def has_others(self) -> bool:
        """Whether the account is open elsewhere too."""
        return any(not one.is_this_one for one in self.sessions)


@allow(Permission.ACCOUNT_USE)
def view() -> ResponseReturnValue:
    """Show it."""
    with gate().reading() as tx:
        page = _gathered(tx)
    return render_template("account/security.html", layout=layout(), page=page)


@allow(Permission.ACCOUNT_USE)
@fresh
def end_view() -> ResponseReturnValue:
    """End one other session, or all of them; those devices count as unknown ones from now on."""
    session, chosen = current_session(), request.form.get("session", "")
    with gate().writing() as tx:
        every = chosen == _EVERY_OTHER
        ended = end_sessions(tx, session.account_id, but=session.id, only="" if every else chosen or "-")
        if every:
            forget_devices(tx, session.account_id, but=known_name(tx))
        note(tx, EventKind.SESSION_ENDED, account_id=session.account_id, record_id=session.record_id, ended=ended)
    notify(ngettext("%(num)s appareil déconnecté.", "%(num)s appareils déconnectés.", ended))
    return redirect(url_for("account.security"), 303)


def _gathered(tx: Transaction) -> SecurityPage:
    session = current_session()
    account = account_by_id(tx, session.account_id)
    is_person = session.role == Role.JOBSEEKER
    profile = tx.sealing.open_many([session.account_id], PROFILE).get(session.account_id, {})
    return SecurityPage(
        is_person=is_person,
        can_passkey=relying_party() is not None,
        factors=factors_of(tx, session.account_id),
        sessions=tuple(
            replace(one, device=said_device(one.device))
            for one in open_sessions(tx, session.account_id, this=session.id)
        ),
        events=tuple(latest_events(tx, session.account_id)),
        email=profile.get("email", ""),
        email_to_check=profile.get(TO_CHECK, ""),
        opened_on=local_day(account.recorded_at) if account and is_person else None,
    )
