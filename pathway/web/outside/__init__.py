"""What structures outside the platform open without an account: one liaison sheet, by a link that serves once."""

from flask import Blueprint

from pathway.web.outside import liaison

blueprint = Blueprint("outside", __name__)
blueprint.add_url_rule("/liaison", "sheet", liaison.sheet_view, methods=["GET", "POST"])
blueprint.add_url_rule("/liaison/<secret>", "link", liaison.link_view, methods=["GET", "POST"])
