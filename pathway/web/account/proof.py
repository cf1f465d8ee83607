"""Proving who one is by a second factor: the same form, count and brake at sign-in and when it is asked again."""

from dataclasses import dataclass

from flask import Response
from wtforms import HiddenField, StringField

from pathway.casework.accounts.actions import count_tries, hold_account
from pathway.casework.accounts.queries import SessionView, account_by_id
from pathway.casework.accounts.rules import EventKind
from pathway.casework.accounts.sessions import forget_tries, note
from pathway.casework.factors.actions import keep_challenge, use_code, use_passkey
from pathway.casework.factors.passkeys import ask_proof
from pathway.casework.factors.queries import credentials_of, factors_of, has_public_seed, next_code
from pathway.casework.factors.rules import CODE_FAILURES_FADE, Purpose, Way
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.account.brake import code_tries_of, wait_seconds, wait_sentence
from pathway.web.account.party import needed_party, relying_party
from pathway.web.account.sign_in import demo_personas
from pathway.web.forms import CarteForm
from pathway.web.gate import gate

WRONG_PROOF = marked("Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis réessayez.")
NOTHING_TYPED = marked("Écrivez le code de votre application, ou un code de secours.")


class ProofForm(CarteForm):
    """A code that was typed, or the answer of a passkey."""

    code = StringField(marked("Code"))
    credential = HiddenField()
    suite = HiddenField()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was given that could be checked."""
        return not (self.code.data or "").strip() and not self.credential.data


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the page may ask for. `demo_code`: on a demonstration base only, what the persona's telephone would show."""

    has_totp: bool
    has_passkey: bool
    recovery_left: int
    demo_code: str = ""
    is_demo_wait: bool = False  # the persona's code has served, and the next one is not there yet


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a try gave: the way that proved it, or how many seconds to wait, or neither."""

    way: Way | None = None
    wait: int = 0


def asked_of(tx: Transaction, account_id: str) -> Asked:
    """What that account can prove itself with, here."""
    factors = factors_of(tx, account_id)
    # Never for a seed a visitor installed: only those the demonstration gives away.
    is_public = has_public_seed(tx, account_id, {one.totp_secret for one in demo_personas(tx)})
    code = next_code(tx, account_id) if is_public else ""
    return Asked(
        has_totp=factors.totp_since is not None,
        has_passkey=bool(factors.passkeys) and relying_party() is not None,
        recovery_left=factors.recovery_left,
        demo_code=code,
        is_demo_wait=is_public and not code,
    )


def try_proof(tx: Transaction, session: SessionView, form: ProofForm) -> Outcome:
    """Check what was given and count it; a code that is right is used up. Inside a write: tries queue here."""
    hold_account(tx, session.account_id)
    who = code_tries_of(tx, session.account_id)
    wait = wait_seconds(tx, who)
    if wait:
        tx.journal("code_refused_unread", account=session.account_id)
        return Outcome(wait=wait)
    way = _way(tx, session, form)
    if way:
        forget_tries(tx, who[0])
        return Outcome(way=way)
    count_tries(tx, who=who, fade=CODE_FAILURES_FADE)
    account = account_by_id(tx, session.account_id)
    record_id = (account.record_id or "") if account else ""
    note(tx, EventKind.WRONG_CODE, account_id=session.account_id, record_id=record_id)
    return Outcome()


def say_refused(form: ProofForm, outcome: Outcome) -> int:
    """Put the sentence on the form; gives the status of the page."""
    if outcome.wait:
        form.refuse(Refused(wait_sentence(outcome.wait)))
        return 429
    form.refuse(Refused(WRONG_PROOF, field="" if form.credential.data else "code"))
    return 422


def challenge_for(session: SessionView) -> Response:
    """What the browser must have a passkey sign, as JSON; kept for that session, five minutes."""
    party = needed_party()
    with gate().reading() as tx:
        known = credentials_of(tx, session.account_id)
    asked = ask_proof(party, known=known)
    with gate().writing() as tx:
        keep_challenge(tx, session, asked, purpose=Purpose.PROVE)
    return Response(asked.options, mimetype="application/json")


def _way(tx: Transaction, session: SessionView, form: ProofForm) -> Way | None:
    if not form.credential.data:
        return use_code(tx, session.account_id, form.code.data or "")
    party = relying_party()
    return use_passkey(tx, session, party, form.credential.data) if party else None
