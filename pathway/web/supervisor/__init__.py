"""The responsable's alerts, and the coordinator's figures."""

from flask import Blueprint

from pathway.web.supervisor import alerts, territory

blueprint = Blueprint("supervisor", __name__)
blueprint.add_url_rule("/alertes", "alerts", alerts.view)
blueprint.add_url_rule("/alertes/<ref>/confier", "give", alerts.give, methods=["POST"])
blueprint.add_url_rule("/alertes/<ref>/rappel", "snooze", alerts.snooze, methods=["POST"])
blueprint.add_url_rule("/alertes/<ref>/ecartee", "dismiss", alerts.dismiss, methods=["POST"])
blueprint.add_url_rule("/territoire", "territory", territory.view)
