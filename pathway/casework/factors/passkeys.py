"""Passkeys (WebAuthn): what to ask of the browser, and whether its answer holds. The library does the cryptography."""

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pathway.casework.factors.rules import RelyingParty
from pathway.kernel.errors import Refused
from pathway.kernel.languages import marked

SITE_NAME = "Carte emploi"
REFUSED_KEY = marked("La clé d’accès n’a pas été reconnue. Réessayez, ou choisissez un autre moyen.")
_LONGEST = 20_000
_WAIT = 5 * 60 * 1000  # milliseconds, as long as the challenge holds


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to hand to the browser (JSON), and the challenge to keep until it answers."""

    options: str
    challenge: bytes


@dataclass(frozen=True, kw_only=True)
class NewPasskey:
    """The public half of a passkey that was just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def ask_registration(party: RelyingParty, *, account_id: str, holder: str, known: Iterable[bytes]) -> Asked:
    """Ask for a new passkey that verifies its user, other than those already `known`."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name=SITE_NAME,
        user_id=account_id.encode(),
        user_name=holder,
        timeout=_WAIT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(known),
    )
    return Asked(options=webauthn.options_to_json(options), challenge=options.challenge)


def ask_proof(party: RelyingParty, *, known: Iterable[bytes]) -> Asked:
    """Ask one of these passkeys to sign."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        timeout=_WAIT,
        allow_credentials=_described(known),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(options=webauthn.options_to_json(options), challenge=options.challenge)


def read_registration(party: RelyingParty, answer: str, *, challenge: bytes) -> NewPasskey:
    """The passkey the browser made; `Refused` when anything about it is wrong."""
    _refuse_long(answer)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # the library raises of every kind on a forged answer
        raise Refused(REFUSED_KEY) from error
    return NewPasskey(
        credential_id=made.credential_id, public_key=made.credential_public_key, sign_count=made.sign_count
    )


def credential_of(answer: str) -> bytes:
    """Which passkey says that it answers; `Refused` when it says nothing readable."""
    _refuse_long(answer)
    try:
        return base64url_to_bytes(orjson.loads(answer)["rawId"])
    except Exception as error:  # anything may have been posted
        raise Refused(REFUSED_KEY) from error


def check_proof(party: RelyingParty, answer: str, *, challenge: bytes, public_key: bytes, sign_count: int) -> int:
    """The new count of signatures of that passkey; `Refused` when the answer is wrong, or the count went back."""
    try:
        proved = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # the library raises of every kind on a forged answer
        raise Refused(REFUSED_KEY) from error
    return proved.new_sign_count


def _described(known: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one) for one in known]


def _refuse_long(answer: str) -> None:
    if len(answer) > _LONGEST:
        raise Refused(REFUSED_KEY)
