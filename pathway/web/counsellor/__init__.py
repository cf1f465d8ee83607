"""The counsellor's screens: the day, finding people, the record, entries, exits and contacts."""

from flask import Blueprint

from pathway.web.counsellor import (
    activation,
    contact,
    create,
    day,
    entry,
    exit,
    exit_cancelled,
    not_done,
    people,
    record,
    referent,
    search,
    section,
)

_FORM = ["GET", "POST"]

blueprint = Blueprint("counsellor", __name__)
blueprint.add_url_rule("/aujourd-hui", "day", day.view)
blueprint.add_url_rule("/recherche", "search", search.view, methods=_FORM)
blueprint.add_url_rule("/dossiers", "people", people.view)
blueprint.add_url_rule("/dossiers/nouveau", "create", create.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>", "record", record.view)
blueprint.add_url_rule("/dossiers/<ref>/contact", "contact", contact.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/informations/<section>", "section", section.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/entree", "entry_choice", entry.choose_view)
blueprint.add_url_rule("/dossiers/<ref>/entree/<scheme_ref>", "entry", entry.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/referent", "referent", referent.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/activation", "activation", activation.view, methods=_FORM)
blueprint.add_url_rule("/etapes/<ref>/sortie", "exit", exit.view, methods=_FORM)
blueprint.add_url_rule("/etapes/<ref>/sortie-annulee", "exit_cancelled", exit_cancelled.view, methods=_FORM)
blueprint.add_url_rule("/points/<ref>/non-fait", "not_done", not_done.view, methods=_FORM)
