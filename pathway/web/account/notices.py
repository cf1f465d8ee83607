"""Telling the owner of an account, by a letter to her address, that how she signs in has changed."""

from flask import url_for

from pathway.casework.partners.queries import PROFILE
from pathway.store.outbox import LetterKind, post
from pathway.store.transaction import Transaction


def announce_change(tx: Transaction, account_id: str) -> None:
    """Post the letter, if she gave an address; it says neither what changed nor who she is."""
    profile = tx.sealing.open_many([account_id], PROFILE).get(account_id, {})
    email = profile.get("email", "")
    if email:
        post(tx, kind=LetterKind.SIGN_IN_NOTICE.value, to=email, variables={"link": url_for("account.security")})
