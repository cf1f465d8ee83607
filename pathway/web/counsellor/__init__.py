"""The counsellor's screens: the day, finding people, the record, entries, exits and contacts."""

from flask import Blueprint

from pathway.web.counsellor import (
    absences,
    activation,
    agreement,
    agreement_paper,
    agreement_withdrawn,
    answers,
    appointments,
    callback,
    contact,
    contract,
    create,
    day,
    documents,
    entry,
    erase,
    exit,
    exit_cancelled,
    not_done,
    notes,
    pathway_paper,
    people,
    people_file,
    plan,
    plan_line,
    prepare,
    presented,
    printed_card,
    record,
    referent,
    relay,
    relay_link,
    relay_new,
    relays,
    replan,
    results,
    rights_request,
    search,
    section,
    settle,
    sign_in_help,
    stage,
    walk_in,
    walk_ins,
    workshop,
    workshop_people,
    workshops,
)

_FORM = ["GET", "POST"]

blueprint = Blueprint("counsellor", __name__)
blueprint.add_url_rule("/aujourd-hui", "day", day.view)
blueprint.add_url_rule("/reponses/<ref>/lue", "answer_read", answers.read_view, methods=["POST"])
blueprint.add_url_rule("/absences", "absences", absences.view, methods=_FORM)
blueprint.add_url_rule("/absences/<ref>/annulation", "absence_cancelled", absences.cancel_view, methods=["POST"])
blueprint.add_url_rule("/ateliers", "workshops", workshops.view)
blueprint.add_url_rule("/ateliers/nouveau", "workshop_new", workshops.plan_view, methods=_FORM)
blueprint.add_url_rule("/ateliers/<ref>", "workshop", workshop.view, methods=_FORM)
blueprint.add_url_rule("/ateliers/<ref>/personnes", "workshop_people", workshop_people.view, methods=_FORM)
blueprint.add_url_rule("/ateliers/<ref>/annulation", "workshop_cancelled", workshop.cancel_view, methods=_FORM)
blueprint.add_url_rule("/ateliers/<ref>/feuille", "workshop_sheet", workshop.sheet_view)
blueprint.add_url_rule("/passages", "walk_ins", walk_ins.view, methods=_FORM)
blueprint.add_url_rule("/passages/chiffres", "walk_ins_file", walk_ins.file_view, methods=_FORM)
blueprint.add_url_rule("/passages/<ref>", "walk_in", walk_in.view, methods=_FORM)
blueprint.add_url_rule("/recherche", "search", search.view, methods=_FORM)
blueprint.add_url_rule("/presenter-la-carte", "presented", presented.view, methods=_FORM)
blueprint.add_url_rule("/presenter-la-carte/imprimee", "presented_on_paper", presented.paper_view, methods=_FORM)
blueprint.add_url_rule("/dossiers", "people", people.view)
blueprint.add_url_rule("/dossiers/listes", "people_keep", people.keep_view, methods=["POST"])
blueprint.add_url_rule("/dossiers/listes/<ref>/oubli", "people_forget", people.forget_view, methods=["POST"])
blueprint.add_url_rule("/dossiers/fichier", "people_file", people_file.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/nouveau", "create", create.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>", "record", record.view)
blueprint.add_url_rule("/dossiers/<ref>/contact", "contact", contact.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/contact/hors-carte", "elsewhere", contact.elsewhere_view, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/note", "note", notes.view, methods=_FORM)
blueprint.add_url_rule("/notes/<ref>/corriger", "note_corrected", notes.correct_view, methods=_FORM)
blueprint.add_url_rule("/notes/<ref>/retirer", "note_removed", notes.remove_view, methods=_FORM)
blueprint.add_url_rule("/notes/<ref>/remettre", "note_restored", notes.restore_view, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/rendez-vous", "appointments", appointments.view, methods=_FORM)
blueprint.add_url_rule("/rendez-vous/<ref>", "appointment", appointments.meeting_view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/plan", "plan", plan.view, methods=_FORM)
blueprint.add_url_rule("/plan/<ref>", "plan_line", plan_line.view, methods=_FORM)
blueprint.add_url_rule("/plan/<ref>/action", "plan_action", plan_line.action_view, methods=_FORM)
blueprint.add_url_rule("/plan/<ref>/suite", "plan_state", plan.state_view, methods=["POST"])
blueprint.add_url_rule("/plan/<ref>/annulation", "plan_undo", plan.undo_view, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/contrat", "contract", contract.view, methods=_FORM)
blueprint.add_url_rule("/contrats/<ref>", "contract_print", contract.print_view)
blueprint.add_url_rule("/contrats/<ref>/suite", "contract_state", contract.state_view, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/rappel", "callback", callback.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/informations/<section>", "section", section.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/entree", "entry_choice", entry.choose_view)
blueprint.add_url_rule("/dossiers/<ref>/entree/<scheme_ref>", "entry", entry.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/entree/<scheme_ref>/preparer", "invite", prepare.view, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/reponses/<item>/decider", "settle", settle.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/reponses/<item>/effacer", "erase", erase.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/referent", "referent", referent.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/activation", "activation", activation.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/connexion", "sign_in_help", sign_in_help.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/connexion/demande", "ask_help", sign_in_help.ask, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/connexion/reponse", "confirm_help", sign_in_help.confirm, methods=["POST"])
blueprint.add_url_rule("/dossiers/<ref>/carte-imprimee", "printed_card", printed_card.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/carte-imprimee/pdf", "card_pdf", printed_card.pdf_view)
blueprint.add_url_rule("/dossiers/<ref>/carte-perdue", "card_lost", printed_card.lost_view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/parcours/imprimer", "pathway_paper", pathway_paper.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/accord", "agreement", agreement.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/accord/retirer", "agreement_withdrawn", agreement_withdrawn.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/accord/papier", "agreement_paper", agreement_paper.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/accord/papier/<paper_ref>", "agreement_print", agreement_paper.print_view)
blueprint.add_url_rule("/dossiers/<ref>/demande", "rights_request", rights_request.view, methods=_FORM)
blueprint.add_url_rule("/dossiers/<ref>/documents", "documents", documents.view)
blueprint.add_url_rule("/dossiers/<ref>/documents", "document_added", documents.add_view, methods=["POST"])
blueprint.add_url_rule(
    "/dossiers/<ref>/documents/<document_ref>/retirer", "document_removed", documents.remove_view, methods=_FORM
)
blueprint.add_url_rule(
    "/dossiers/<ref>/documents/<document_ref>/remettre", "document_restored", documents.restore_view, methods=["POST"]
)
blueprint.add_url_rule("/dossiers/<ref>/documents/<document_ref>", "document", agreement_paper.document_view)
blueprint.add_url_rule("/dossiers/<ref>/relais", "relay_new", relay_new.view, methods=_FORM)
blueprint.add_url_rule("/relais", "relays", relays.view)
blueprint.add_url_rule("/relais/<ref>", "relay", relay.view, methods=_FORM)
blueprint.add_url_rule("/relais/<ref>/fiche", "relay_paper", relay_link.paper_view)
blueprint.add_url_rule("/relais/<ref>/lien", "relay_link", relay_link.view, methods=_FORM)
blueprint.add_url_rule("/etapes/<ref>/sortie", "exit", exit.view, methods=_FORM)
blueprint.add_url_rule("/etapes/<ref>/sortie-annulee", "exit_cancelled", exit_cancelled.view, methods=_FORM)
blueprint.add_url_rule("/etapes/<ref>/phase", "stage", stage.view, methods=_FORM)
blueprint.add_url_rule("/etapes/<ref>/phase/annulation", "stage_undone", stage.undo_view, methods=["POST"])
blueprint.add_url_rule("/points/<ref>/non-fait", "not_done", not_done.view, methods=_FORM)
blueprint.add_url_rule("/points/<ref>/reporter", "replan", replan.view, methods=_FORM)
blueprint.add_url_rule("/points/<ref>/questions", "results", results.view, methods=_FORM)
