"""The operator's pages: how the instance fares, never whom it holds."""

from flask import Blueprint

from pathway.web.operator import instance, nights, requests

blueprint = Blueprint("operator", __name__)
blueprint.add_url_rule("/instance", "instance", instance.view)
blueprint.add_url_rule("/instance/nuits", "nights", nights.view)
blueprint.add_url_rule("/demandes", "requests", requests.view)
blueprint.add_url_rule("/demandes/<ref>/confirmation", "confirm_request", requests.confirm, methods=["POST"])
blueprint.add_url_rule("/demandes/<ref>/refus", "refuse_request", requests.refuse, methods=["POST"])
