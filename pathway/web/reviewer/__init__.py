"""The territorial reviewer's screens: cards that look alike, two identities at a time."""

from flask import Blueprint

from pathway.web.reviewer import duplicate, duplicates

blueprint = Blueprint("reviewer", __name__)
blueprint.add_url_rule("/doublons", "duplicates", duplicates.view)
blueprint.add_url_rule("/doublons/<ref>", "duplicate", duplicate.view, methods=["GET", "POST"])
