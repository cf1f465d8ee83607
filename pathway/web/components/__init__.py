"""The catalogue of components, served by a demonstration only: elsewhere it has no address."""

from flask import Blueprint

from pathway.web.components import catalogue

blueprint = Blueprint("components", __name__)
blueprint.add_url_rule("/composants", "catalogue", catalogue.view)
