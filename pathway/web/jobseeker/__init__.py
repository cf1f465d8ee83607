"""The person's own pages, read on a phone: her pathway, her information, who sees what."""

from flask import Blueprint

from pathway.web.jobseeker import access, information, pathway

blueprint = Blueprint("jobseeker", __name__)
blueprint.add_url_rule("/mon-parcours", "pathway", pathway.view)
blueprint.add_url_rule("/mes-informations", "information", information.view)
blueprint.add_url_rule("/qui-voit-quoi", "access", access.view)
