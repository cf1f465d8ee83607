"""The operator's pages: how the instance fares, never whom it holds."""

from flask import Blueprint

from pathway.web.operator import instance

blueprint = Blueprint("operator", __name__)
blueprint.add_url_rule("/instance", "instance", instance.view)
