"""The person's own pages, read on a phone: her pathway, her information, who sees what."""

from flask import Blueprint

from pathway.web.jobseeker import (
    access,
    agree,
    appointments,
    callback,
    card,
    contest,
    copy,
    correct,
    document,
    documents,
    hide,
    information,
    keeping,
    limit,
    oppose,
    pathway,
    pathway_paper,
    plan,
    prepare,
    questions,
    relays,
    requests,
    rights,
    same,
    settle,
    stop,
    visits,
)

blueprint = Blueprint("jobseeker", __name__)
blueprint.add_url_rule("/mon-parcours", "pathway", pathway.view)
blueprint.add_url_rule("/mon-parcours/alertes/<ref>", "answer_alert", pathway.answer_view, methods=["POST"])
blueprint.add_url_rule("/mon-parcours/preparer/<ref>", "prepare", prepare.view, methods=["GET", "POST"])
blueprint.add_url_rule("/mon-parcours/imprimer", "pathway_paper", pathway_paper.view, methods=["GET", "POST"])
blueprint.add_url_rule("/mon-parcours/rappel", "callback", callback.view, methods=["GET", "POST"])
blueprint.add_url_rule("/mon-plan", "plan", plan.view)
blueprint.add_url_rule("/mon-plan/<ref>/fait", "plan_done", plan.tick_view, methods=["POST"])
blueprint.add_url_rule("/mes-rendez-vous", "appointments", appointments.view)
blueprint.add_url_rule("/mes-rendez-vous/<ref>/empechement", "excuse", appointments.excuse_view, methods=["POST"])
blueprint.add_url_rule("/mes-rendez-vous/<ref>/agenda", "appointment_file", appointments.file_view)
blueprint.add_url_rule("/mes-relais", "relays", relays.view)
blueprint.add_url_rule("/mes-relais/<ref>/non", "relay_no", relays.no_view, methods=["POST"])
blueprint.add_url_rule("/ma-carte", "card", card.view, methods=["GET", "POST"])
blueprint.add_url_rule("/ma-carte/pdf", "card_pdf", card.pdf_view)
blueprint.add_url_rule("/ma-carte/arreter", "card_stop", card.stop_view, methods=["POST"])
blueprint.add_url_rule("/ma-carte/perdue", "card_lost", card.lost_view, methods=["GET", "POST"])
blueprint.add_url_rule("/mes-informations", "information", information.view)
blueprint.add_url_rule("/mes-informations/<item>/choisir", "settle", settle.view, methods=["GET", "POST"])
blueprint.add_url_rule("/mes-informations/<item>/corriger", "correct", correct.view, methods=["GET", "POST"])
blueprint.add_url_rule("/mes-informations/<item>/limiter", "limit_item", limit.item_view, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/mes-informations/limiter/<section>", "limit_section", limit.section_view, methods=["GET", "POST"]
)
blueprint.add_url_rule("/mes-demandes", "requests", requests.view)
blueprint.add_url_rule("/mes-demandes/correction", "ask_correction", correct.ask_view, methods=["GET", "POST"])
blueprint.add_url_rule("/mes-demandes/<ref>/retrait", "withdraw_request", requests.withdraw, methods=["POST"])
blueprint.add_url_rule("/conservation", "keeping", keeping.view)
blueprint.add_url_rule("/conservation/garder", "keep_record", keeping.keep_view, methods=["POST"])
blueprint.add_url_rule("/conservation/effacement", "erase_record", keeping.erase_view, methods=["POST"])
blueprint.add_url_rule("/mon-dossier", "copy", copy.view)
blueprint.add_url_rule("/mon-dossier/json", "copy_json", copy.json_view)
blueprint.add_url_rule("/mon-dossier/pdf", "copy_pdf", copy.pdf_view)
blueprint.add_url_rule("/qui-voit-quoi", "access", access.view)
blueprint.add_url_rule("/qui-voit-quoi/accord", "agree_choice", agree.choose_view)
blueprint.add_url_rule("/qui-voit-quoi/accord/<structure_ref>", "agree", agree.view, methods=["GET", "POST"])
blueprint.add_url_rule("/qui-voit-quoi/arreter", "stop_all", stop.all_view, methods=["GET", "POST"])
blueprint.add_url_rule("/qui-voit-quoi/<structure_ref>/arreter", "stop", stop.view, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/qui-voit-quoi/<structure_ref>/reprendre", "share_again", stop.again_view, methods=["GET", "POST"]
)
blueprint.add_url_rule("/qui-voit-quoi/<structure_ref>/opposition", "oppose", oppose.view, methods=["GET", "POST"])
blueprint.add_url_rule("/qui-voit-quoi/<structure_ref>/cacher", "hide", hide.view, methods=["GET", "POST"])
blueprint.add_url_rule("/qui-voit-quoi/<structure_ref>/montrer", "show", hide.show_view, methods=["POST"])
blueprint.add_url_rule("/est-ce-vous", "same", same.view)
blueprint.add_url_rule("/est-ce-vous/<ref>", "same_answer", same.answer, methods=["POST"])
blueprint.add_url_rule("/mes-documents", "documents", documents.view)
blueprint.add_url_rule("/mes-documents", "document_added", documents.add_view, methods=["POST"])
blueprint.add_url_rule("/mes-documents/<ref>", "document", document.view)
blueprint.add_url_rule(
    "/mes-documents/<ref>/retirer", "document_removed", documents.remove_view, methods=["GET", "POST"]
)
blueprint.add_url_rule("/mes-documents/<ref>/remettre", "document_restored", documents.restore_view, methods=["POST"])
blueprint.add_url_rule("/vos-droits", "rights", rights.view)
blueprint.add_url_rule("/qui-a-regarde", "visits", visits.view)
blueprint.add_url_rule("/qui-a-regarde/imprimer", "visits_print", visits.printed)
blueprint.add_url_rule("/qui-a-regarde/<int:seq>/<deed>", "contest", contest.view, methods=["GET", "POST"])
blueprint.add_url_rule("/mes-questions", "questions", questions.view)
blueprint.add_url_rule("/mes-questions/<ref>/insuffisante", "not_enough", questions.not_enough, methods=["POST"])
