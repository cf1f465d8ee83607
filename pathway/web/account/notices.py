"""Telling the owner of an account, by a letter to her address, that how she signs in has changed."""

from flask import url_for

from pathway.casework.resets.actions import tell_owner
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction


def announce_change(tx: Transaction, account_id: str) -> None:
    """Post the letter, if she gave an address; it says neither what changed nor who she is."""
    tell_owner(tx, account_id, LetterKind.SIGN_IN_NOTICE, url_for("account.security"))
