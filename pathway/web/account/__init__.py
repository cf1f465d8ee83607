"""Signing in and out, opening one's account, and keeping it safe: pages for everybody."""

from flask import Blueprint

from pathway.web.account import (
    activation,
    address,
    agenda,
    application,
    confirm,
    enrolment,
    forgotten,
    home,
    invitation,
    language,
    messages,
    mine,
    not_me,
    passkey,
    password,
    recovery_codes,
    reset,
    reset_code,
    resume,
    second_step,
    security,
    sign_in,
    sign_out,
)

blueprint = Blueprint("account", __name__)
_BOTH = ["GET", "POST"]
_SAFE = "/mon-compte/securite"
blueprint.add_url_rule("/", "home", home.view)
blueprint.add_url_rule("/connexion", "sign_in", sign_in.view, methods=_BOTH)
blueprint.add_url_rule("/connexion/deuxieme-etape", "second_step", second_step.view, methods=_BOTH)
blueprint.add_url_rule(
    "/connexion/deuxieme-etape/cle", "second_step_challenge", second_step.challenge, methods=["POST"]
)
blueprint.add_url_rule("/connexion/protection", "enrolment", enrolment.view)
blueprint.add_url_rule("/deconnexion", "sign_out", sign_out.view, methods=["POST"])
blueprint.add_url_rule("/activation", "activation", activation.view, methods=_BOTH)
blueprint.add_url_rule("/activation/mot-de-passe", "activation_password", activation.password_view, methods=["POST"])
blueprint.add_url_rule("/mot-de-passe-oublie", "forgotten", forgotten.view, methods=_BOTH)
blueprint.add_url_rule("/mot-de-passe-oublie/code", "reset_code", reset_code.view, methods=_BOTH)
blueprint.add_url_rule("/mot-de-passe/<secret>", "reset", reset.view, methods=_BOTH)
blueprint.add_url_rule("/invitation/<secret>", "invitation", invitation.view, methods=_BOTH)
blueprint.add_url_rule("/adresse/<secret>", "prove_address", address.prove_view, methods=_BOTH)
blueprint.add_url_rule("/langue", "language", language.view, methods=["POST"])
blueprint.add_url_rule("/mon-compte", "mine", mine.view)
blueprint.add_url_rule("/mon-compte/poste", "switch_post", mine.switch_view, methods=["POST"])
blueprint.add_url_rule("/mon-compte/confirmer", "confirm", confirm.view, methods=_BOTH)
blueprint.add_url_rule("/mon-compte/confirmer/cle", "confirm_challenge", confirm.challenge, methods=["POST"])
blueprint.add_url_rule("/reprendre", "resume", resume.view, methods=_BOTH)
blueprint.add_url_rule("/mon-compte/mot-de-passe", "password", password.view, methods=_BOTH)
blueprint.add_url_rule("/mon-compte/agenda", "agenda", agenda.view, methods=_BOTH)
blueprint.add_url_rule("/agenda/<secret>", "agenda_file", agenda.file_view)
blueprint.add_url_rule("/mon-compte/sms", "messages", messages.view, methods=_BOTH)
blueprint.add_url_rule("/mon-compte/pas-moi", "not_me", not_me.view, methods=_BOTH)
blueprint.add_url_rule(_SAFE, "security", security.view)
blueprint.add_url_rule(f"{_SAFE}/adresse", "address", address.view, methods=_BOTH)
blueprint.add_url_rule(f"{_SAFE}/appareils", "end_sessions", security.end_view, methods=["POST"])
blueprint.add_url_rule(f"{_SAFE}/application", "application", application.view, methods=_BOTH)
blueprint.add_url_rule(f"{_SAFE}/application/debut", "application_begin", application.begin_view, methods=["POST"])
blueprint.add_url_rule(f"{_SAFE}/application/retrait", "application_remove", application.remove_view, methods=["POST"])
blueprint.add_url_rule(f"{_SAFE}/cle", "passkey", passkey.view, methods=_BOTH)
blueprint.add_url_rule(f"{_SAFE}/cle/demande", "passkey_challenge", passkey.challenge, methods=["POST"])
blueprint.add_url_rule(f"{_SAFE}/cle/retrait", "passkey_remove", passkey.remove_view, methods=["POST"])
blueprint.add_url_rule(f"{_SAFE}/codes", "recovery_codes", recovery_codes.view, methods=["POST"])
blueprint.add_url_rule(f"{_SAFE}/codes/retrait", "recovery_codes_remove", recovery_codes.remove_view, methods=["POST"])
