"""The operator's pages: how the instance fares, its structures, accounts and schemes; never whom it holds."""

from flask import Blueprint

from pathway.web.operator import (
    account,
    accounts,
    instance,
    invitation,
    nights,
    requests,
    scheme,
    scheme_draft,
    schemes,
    structure,
    structure_close,
    structure_invite,
    structure_new,
    structures,
)

blueprint = Blueprint("operator", __name__)
blueprint.add_url_rule("/instance", "instance", instance.view)
blueprint.add_url_rule("/instance/nuits", "nights", nights.view)
blueprint.add_url_rule("/demandes", "requests", requests.view)
blueprint.add_url_rule("/demandes/<ref>/confirmation", "confirm_request", requests.confirm, methods=["POST"])
blueprint.add_url_rule("/demandes/<ref>/refus", "refuse_request", requests.refuse, methods=["POST"])
blueprint.add_url_rule("/structures", "structures", structures.view)
blueprint.add_url_rule("/structures/nouvelle", "structure_new", structure_new.view, methods=["GET", "POST"])
blueprint.add_url_rule("/structures/<ref>", "structure", structure.view)
blueprint.add_url_rule("/structures/<ref>/modification", "structure_change", structure.change, methods=["POST"])
blueprint.add_url_rule("/structures/<ref>/fermeture", "structure_close", structure_close.view, methods=["GET", "POST"])
blueprint.add_url_rule("/structures/<ref>/inviter", "structure_invite", structure_invite.view, methods=["GET", "POST"])
blueprint.add_url_rule("/structures/<ref>/invitations/<invitation_ref>", "invitation", invitation.view)
blueprint.add_url_rule(
    "/structures/<ref>/invitations/<invitation_ref>/envoi", "invitation_again", invitation.resend, methods=["POST"]
)
blueprint.add_url_rule(
    "/structures/<ref>/invitations/<invitation_ref>/annulation",
    "invitation_revoked",
    invitation.revoke,
    methods=["POST"],
)
blueprint.add_url_rule("/comptes", "accounts", accounts.view)
blueprint.add_url_rule("/comptes/recherche", "account_find", accounts.find, methods=["POST"])
blueprint.add_url_rule("/comptes/<ref>", "account", account.view)
blueprint.add_url_rule("/comptes/<ref>/fermeture", "account_shut", account.shut, methods=["POST"])
blueprint.add_url_rule("/comptes/<ref>/reouverture", "account_reopen", account.reopen, methods=["POST"])
blueprint.add_url_rule("/habilitations/<ref>/prolongation", "post_prolong", account.prolong_view, methods=["POST"])
blueprint.add_url_rule("/habilitations/<ref>/fin", "post_end", account.end_view, methods=["POST"])
blueprint.add_url_rule("/dispositifs", "schemes", schemes.view)
blueprint.add_url_rule("/dispositifs/nouveau", "scheme_new", scheme_draft.new_view, methods=["GET", "POST"])
blueprint.add_url_rule("/dispositifs/<ref>", "scheme", scheme.view)
blueprint.add_url_rule(
    "/dispositifs/<ref>/modification", "scheme_change", scheme_draft.change_view, methods=["GET", "POST"]
)
blueprint.add_url_rule("/dispositifs/<ref>/fermeture", "scheme_close", scheme.close, methods=["POST"])
blueprint.add_url_rule("/dispositifs/<ref>/reouverture", "scheme_reopen", scheme.reopen, methods=["POST"])
