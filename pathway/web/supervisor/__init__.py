"""The responsable's alerts, and the coordinator's figures."""

from flask import Blueprint

from pathway.web.supervisor import (
    alert,
    alerts,
    cockpit,
    cockpit_list,
    exceptional,
    hand_over,
    hold,
    invitation,
    invite,
    member,
    once_only,
    place,
    policies,
    policy_draft,
    policy_publish,
    policy_trial,
    precision,
    queue,
    retention,
    reviews,
    rights,
    team,
    territory,
)

blueprint = Blueprint("supervisor", __name__)
blueprint.add_url_rule("/pilotage", "cockpit", cockpit.view)
blueprint.add_url_rule("/pilotage/sorties", "cockpit_exits", cockpit_list.exits)
blueprint.add_url_rule("/pilotage/points", "cockpit_points", cockpit_list.points)
blueprint.add_url_rule("/pilotage/relais", "cockpit_relays", cockpit_list.relays)
blueprint.add_url_rule("/pilotage/interruptions", "cockpit_gaps", cockpit_list.gaps)
blueprint.add_url_rule("/pilotage/equipe", "cockpit_load", cockpit_list.load)
blueprint.add_url_rule("/alertes", "alerts", alerts.view)
blueprint.add_url_rule("/alertes/ensemble", "together", alerts.together, methods=["POST"])
blueprint.add_url_rule("/alertes/precision", "precision", precision.view)
blueprint.add_url_rule("/alertes/precision/fichier", "precision_file", precision.file_view, methods=["GET", "POST"])
blueprint.add_url_rule("/alertes/<ref>", "alert", alert.view)
blueprint.add_url_rule("/alertes/<ref>/confier", "give", alert.give, methods=["POST"])
blueprint.add_url_rule("/alertes/<ref>/rappel", "snooze", alert.snooze, methods=["POST"])
blueprint.add_url_rule("/alertes/<ref>/ecartee", "dismiss", alert.dismiss, methods=["POST"])
blueprint.add_url_rule("/alertes/volumes/<ref>/verifie", "check_volume", alerts.check_volume, methods=["POST"])
blueprint.add_url_rule("/acces-exceptionnel", "exceptional", exceptional.view, methods=["GET", "POST"])
blueprint.add_url_rule("/acces-a-expliquer", "reviews", reviews.view)
blueprint.add_url_rule("/acces-a-expliquer/<ref>/reponse", "answer", reviews.answer, methods=["POST"])
blueprint.add_url_rule("/acces-a-expliquer/<ref>/verification", "check_access", reviews.check, methods=["POST"])
blueprint.add_url_rule("/droits-des-personnes", "rights_requests", rights.view)
blueprint.add_url_rule("/droits-des-personnes/<ref>", "rights_request", rights.answer, methods=["GET", "POST"])
blueprint.add_url_rule("/droits-des-personnes/<ref>/delai", "rights_later", rights.later, methods=["POST"])
blueprint.add_url_rule("/conservation-des-dossiers", "retention", retention.view)
blueprint.add_url_rule("/dossiers/<ref>/conservation", "hold", hold.view, methods=["GET", "POST"])
blueprint.add_url_rule("/conservation-des-dossiers/<ref>/fin", "lift", retention.lift, methods=["POST"])
blueprint.add_url_rule("/equipe", "team", team.view)
blueprint.add_url_rule("/equipe/inviter", "invite", invite.view, methods=["GET", "POST"])
blueprint.add_url_rule("/equipe/invitations/<ref>", "invitation", invitation.view)
blueprint.add_url_rule("/equipe/invitations/<ref>/envoi", "resend", invitation.resend, methods=["POST"])
blueprint.add_url_rule("/equipe/invitations/<ref>/annulation", "revoke", invitation.revoke, methods=["POST"])
blueprint.add_url_rule("/equipe/<ref>", "member", member.view)
blueprint.add_url_rule("/equipe/<ref>/personnes", "hand_over", hand_over.view, methods=["GET", "POST"])
blueprint.add_url_rule("/equipe/<ref>/prolongation", "prolong", member.prolong_view, methods=["POST"])
blueprint.add_url_rule("/equipe/<ref>/fin", "end", member.end_view, methods=["POST"])
blueprint.add_url_rule("/equipe/<ref>/protection", "factor", member.factor_view, methods=["POST"])
blueprint.add_url_rule("/dites-le-une-fois", "once_only", once_only.view)
blueprint.add_url_rule("/dites-le-une-fois/fichier", "once_only_file", once_only.file_view)
blueprint.add_url_rule("/regles-de-suivi", "policies", policies.view)
blueprint.add_url_rule("/regles-de-suivi/structure", "policy_draft", policy_draft.view, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/regles-de-suivi/dispositifs/<ref>", "policy_scheme", policy_draft.view, methods=["GET", "POST"]
)
blueprint.add_url_rule("/regles-de-suivi/essai/<ref>", "policy_trial", policy_trial.view)
blueprint.add_url_rule(
    "/regles-de-suivi/publication/<ref>", "policy_publish", policy_publish.view, methods=["GET", "POST"]
)
blueprint.add_url_rule("/regles-de-suivi/abandon/<ref>", "policy_withdraw", policies.withdraw, methods=["POST"])
blueprint.add_url_rule("/a-confier", "queue", queue.view)
blueprint.add_url_rule("/a-confier/<ref>", "place", place.view, methods=["GET", "POST"])
blueprint.add_url_rule("/territoire", "territory", territory.view)
