"""The operator's pages: how the instance fares, its structures, accounts and schemes; never whom it holds."""

from flask import Blueprint

from pathway.web.operator import (
    account,
    accounts,
    exit_reason_new,
    exit_reasons,
    import_columns,
    import_new,
    import_one,
    import_sheet,
    import_undo,
    imports,
    instance,
    invitation,
    nights,
    requests,
    scheme,
    scheme_draft,
    scheme_reasons,
    schemes,
    setting,
    settings,
    structure,
    structure_close,
    structure_invite,
    structure_new,
    structures,
    thresholds,
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
blueprint.add_url_rule("/dispositifs/<ref>/motifs", "scheme_reasons", scheme_reasons.view, methods=["GET", "POST"])
blueprint.add_url_rule("/dispositifs/<ref>/fermeture", "scheme_close", scheme.close, methods=["POST"])
blueprint.add_url_rule("/dispositifs/<ref>/reouverture", "scheme_reopen", scheme.reopen, methods=["POST"])
blueprint.add_url_rule("/dispositifs/<ref>/preuves", "scheme_evidence", scheme.evidence, methods=["POST"])
blueprint.add_url_rule("/motifs-de-sortie", "exit_reasons", exit_reasons.view)
blueprint.add_url_rule("/motifs-de-sortie/nouveau", "exit_reason_new", exit_reason_new.view, methods=["GET", "POST"])
blueprint.add_url_rule("/motifs-de-sortie/<code>/fermeture", "exit_reason_close", exit_reasons.close, methods=["POST"])
blueprint.add_url_rule(
    "/motifs-de-sortie/<code>/reouverture", "exit_reason_reopen", exit_reasons.reopen, methods=["POST"]
)
blueprint.add_url_rule("/reglages", "settings", settings.view)
blueprint.add_url_rule("/reglages/alertes", "thresholds", thresholds.view, methods=["GET", "POST"])
blueprint.add_url_rule("/reglages/<name>", "setting", setting.view, methods=["GET", "POST"])
blueprint.add_url_rule("/reglages/<name>/retour", "setting_back", setting.take_back, methods=["POST"])
blueprint.add_url_rule("/imports", "imports", imports.view)
blueprint.add_url_rule("/imports/nouveau", "import_new", import_new.view, methods=["GET", "POST"])
blueprint.add_url_rule("/imports/<ref>", "import_one", import_one.view)
blueprint.add_url_rule("/imports/<ref>/feuille", "import_sheet", import_sheet.view, methods=["GET", "POST"])
blueprint.add_url_rule("/imports/<ref>/colonnes", "import_columns", import_columns.view, methods=["GET", "POST"])
blueprint.add_url_rule("/imports/<ref>/lancement", "import_started", import_one.start, methods=["POST"])
blueprint.add_url_rule("/imports/<ref>/reprise", "import_resumed", import_one.resume, methods=["POST"])
blueprint.add_url_rule("/imports/<ref>/abandon", "import_dropped", import_one.drop, methods=["POST"])
blueprint.add_url_rule("/imports/<ref>/lignes-refusees", "import_refused_rows", import_one.refused_rows)
blueprint.add_url_rule("/imports/<ref>/annulation", "import_undo", import_undo.view, methods=["GET", "POST"])
