"""The exported record as a paper tells it: one table a chapter, close set, in the words of the screens."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from pathway.kernel.ids import spaced_card_number
from pathway.kernel.wording import listed, said_date, said_hour, said_instant
from pathway.web.jobseeker.copy_words import lowered, said_at, said_on, said_parts, said_span, stacked, told_by

Entry = Mapping[str, Any]
Row = list[str]  # the cells of one line; a single cell stands across the table and names the lines under it

_OFTEN = 3
_NOTHING = "—"
_TERMS_KEY, _TERMS_COLUMNS = "contrats_d_engagement", {"Structure": 4, "Dates": 5, "Objectifs": 8}
_TERMS = {"Du": "du", "Au": "au", "Prochaine revue le": "prochaine_revue_le"}


@dataclass(frozen=True, kw_only=True)
class _Chapter:
    """One table: its columns (name → share of the width, 0 for just what it needs), where its lines are, how told."""

    title: str
    key: str
    columns: Mapping[str, int]
    tell: Callable[[Iterable[Entry]], Iterable[Row]]


def paper_of(document: Entry, *, made_at: datetime) -> dict[str, Any]:
    """What `templates/print/record.typ` needs: who, when, the chapters in order, and the titles of the empty ones."""
    who = document["personne"]
    told = [(one, list(one.tell(document[one.key]))) for one in _CHAPTERS]
    return {
        "name": f"{who['prenom']} {who['nom']}",
        "born": said_date(date.fromisoformat(who["date_de_naissance"])),
        "cards": listed([spaced_card_number(number) for number in who["numeros_de_carte"]]),
        "made": said_instant(made_at),
        "territory": document["territoire"] or "",
        "chapters": [_table(one, rows) for one, rows in told if rows],
        "empty": [one.title for one, rows in told if not rows],
    }


def _each(told: Callable[[Entry], Row]) -> Callable[[Iterable[Entry]], Iterable[Row]]:
    return lambda entries: map(told, entries)


def _table(chapter: _Chapter, rows: Sequence[Row]) -> dict[str, Any]:
    cells = [[cell or _NOTHING for cell in row] for row in rows]
    columns = {"names": list(chapter.columns), "shares": list(chapter.columns.values())}
    return {"title": chapter.title, "columns": columns, "rows": cells}


def _information(facts: Iterable[Entry]) -> Iterable[Row]:
    """Her answers, those of one part of the record under its name."""
    for part, those in groupby(facts, key=lambda one: str(one["rubrique"]["libelle"])):
        yield [part]
        yield from map(_fact, those)


def _fact(one: Entry) -> Row:
    others = one["autres_reponses"]
    answers = [one["reponse_lue"], *(f"Autre réponse : {other['reponse_lue']}" for other in others)]
    origins = [_origin(one["origine"]), *(f"Autre réponse : {_origin(other['origine'])}" for other in others)]
    return [one["libelle"], stacked(*answers), stacked(*origins)]


def _replaced(one: Entry) -> Row:
    return [one["libelle"], one["reponse_lue"], _origin(one["origine"]), said_at(one["remplacee_le"])]


def _erased(one: Entry) -> Row:
    return [one["libelle"], said_at(one["effacee_le"]), one["effacee_par"], one["raison"]["libelle"]]


def _preparation(one: Entry) -> Row:
    done = f"répondu le {said_at(one['repondue_le'])}" if one["repondue_le"] else "pas de réponse"
    return [one["dispositif"], one["structure"], f"Invitation du {said_at(one['invitee_le'])}, {done}"]


def _step(one: Entry) -> Row:
    planned = f"fin prévue le {said_on(one['fin_prevue_le'])}" if one["fin_prevue_le"] else ""
    answers = [f"{said['question']} : {said['reponse_lue']}" for said in one["reponses"]]
    ends = [_ending(ended) for ended in one["sorties"]]
    start = f"Début le {said_on(one['entree_le'])}"
    told = stacked(f"{start}, {planned}" if planned else start, *answers, *map(_stage, one["phases"]), *ends)
    return [one["dispositif"], one["structure"], told]


def _stage(one: Entry) -> str:
    cancelled = f" (annulée le {said_at(one['annulee_le'])})" if one["annulee_le"] else ""
    return f"Phase « {one['phase']} » le {said_on(one['le'])}{cancelled}"


def _ending(one: Entry) -> str:
    why = one["motif"] or one["genre"]["libelle"]
    cancelled = f" (annulée le {said_at(one['annulee_le'])})" if one["annulee_le"] else ""
    return f"Sortie le {said_on(one['le'])} : {why}{cancelled}"


def _plan_line(one: Entry) -> Row:
    who = "Vous" if one["par_vous"] == "oui" else one["structure"]
    what = [one["genre"]["libelle"], one["texte"] or "", f"le {said_on(one['prevue_le'])}" if one["prevue_le"] else ""]
    life = [f"{said_at(form['le'])} : {lowered(form['etat'])}, {told_by(form['par'])}" for form in one["changements"]]
    return [one["difficulte"]["libelle"], stacked(*what), who, stacked(*life)]


def _engagement(one: Entry) -> Row:
    days = [f"{word} {said_on(one[key])}" for word, key in _TERMS.items() if one[key]]
    return [one["structure"], stacked(one["etat"]["libelle"], *days, one["reference"] or ""), one["objectifs"]]


def _appointment(one: Entry) -> Row:
    became = ", ".join(filter(None, (one["etat"]["libelle"], one["suite"])))
    about = f" ({one['objet']})" if one["objet"] else ""
    return [
        said_instant(datetime.fromisoformat(one["debut"])),
        f"{one['maniere']}, {one['forme']}{about}",
        one["structure"],
        became,
    ]


def _walk_in(one: Entry) -> Row:
    place = f" ({one['lieu']})" if one["lieu"] else ""
    return [said_on(one["le"]), f"{one['nature']['libelle']}{place}", one["structure"], one["suite"]["libelle"]]


def _relay(one: Entry) -> Row:
    life = [f"{said_at(step['le'])} : {lowered(step['etat'])}, {told_by(step['par'])}" for step in one["etapes"]]
    notes = [step["note"] for step in one["etapes"] if step["note"]]
    links = [f"Lien ouvert le {said_at(link['ouvert_le'])}" for link in one["liens"] if link["ouvert_le"]]
    passed = stacked(lowered(", ".join(one["parties"])), one["message"] or "")
    return [f"{one['de']} vers {one['vers']}", passed, stacked(*life, *notes, *links, one["raison_du_refus"] or "")]


def _point(one: Entry) -> Row:
    moved = one["prevu_au_depart_le"] != one["prevu_le"]
    first = f" (d’abord le {said_on(one['prevu_au_depart_le'])})" if moved else ""
    return [f"{said_on(one['prevu_le'])}{first}", one["genre"]["libelle"], one["structure"], one["etat"]["libelle"]]


def _contact(one: Entry) -> Row:
    how = f"{one['moyen']['libelle']}, {lowered(one['resultat']['libelle'])}"
    gone = f" (retiré le {said_at(one['retire_le'])} : il n’a pas eu lieu)" if one["retire_le"] else ""
    return [said_on(one["le"]), f"{how}{gone}", one["structure"], one["note"]]


def _note(one: Entry) -> Row:
    by = f"{one['structure']}, {lowered(one['role'])}"
    gone = f"retirée : {lowered(one['raison_du_retrait'])}" if one["retiree_le"] else ""
    return [said_at(one["ecrite_le"]), by, one["pour"]["libelle"], gone or one["texte"]]


def _wish(one: Entry) -> Row:
    return [one["rythme"]["libelle"], one["note_par"], said_span(one)]


def _alert(one: Entry) -> Row:
    return [said_on(one["ouverte_le"]), one["regle"]["libelle"], one["structure"], one["etat"]["libelle"]]


def _referent(one: Entry) -> Row:
    return [one["nom"] or "Une personne", one["structure"], said_span(one)]


def _access(one: Entry) -> Row:
    return [one["structure"], one["cause"]["libelle"], said_span(one), said_parts(one["parties"])]


def _agreement(one: Entry) -> Row:
    given = f"Donné le {said_at(one['donne_le'])}" if one["donne_le"] else "Pas encore signé"
    ended = f"Retiré ou remplacé le {said_at(one['retire_le'])}" if one["retire_le"] else ""
    lasts = stacked(f"{given}, jusqu’au {said_at(one['jusqu_au'])}", ended)
    return [one["structure"], one["maniere"]["libelle"], lasts, said_parts(one["parties"])]


def _stop(one: Entry) -> Row:
    return [one["structure"], said_span(one)]


def _hidden(one: Entry) -> Row:
    return [one["partie"], one["structure"], said_span(one)]


def _limited(one: Entry) -> Row:
    return [f"{one['partie']} : aucune structure ne l’utilise", said_span(one)]


def _document(one: Entry) -> Row:
    return [one["genre"]["libelle"], one["type"], f"Ajouté le {said_at(one['ajoute_le'])} ({one['structure']})"]


def _held_document(one: Entry) -> Row:
    named = f" ({one['nom']})" if one["nom"] else ""
    gone = f"retiré le {said_at(one['retire_le'])}" if one["retire_le"] else ""
    added = f"Ajouté le {said_at(one['ajoute_le'])} ({told_by(one['structure'])})"
    return [f"{one['genre']['libelle']}{named}", one["type"], stacked(added, gone)]


def _request(one: Entry) -> Row:
    part = f" ({one['partie']})" if one["partie"] else ""
    said = [f"Votre texte : {one['message']}" if one["message"] else ""]
    said += [f"{one['structure']} a répondu : {one['reponse_recue']}" if one["reponse_recue"] else ""]
    when = f"{said_at(one['faite_le'])}, {one['maniere']['libelle']}"
    return [f"{one['genre']['libelle']}{part}", when, stacked(one["etat"]["libelle"], *said)]


def _question(one: Entry) -> Row:
    answers = [f"{said['structure'] or 'La carte'} a répondu : {said['texte']}" for said in one["reponses_recues"]]
    asked = f"Votre texte : {one['message']}" if one["message"] else ""
    return [said_at(one["acces_le"]), one["acces"], stacked(one["etat"]["libelle"], asked, *answers)]


def _exceptional(one: Entry) -> Row:
    checked = one["verification"]["libelle"] if one["verification"] else "Pas encore vérifié"
    precise = f"Précision : {one['note']}" if one["note"] else ""
    return [said_at(one["ouvert_le"]), one["structure"], stacked(one["raison"]["libelle"], precise, checked)]


def _log(lines: Iterable[Entry]) -> Iterable[Row]:
    """Who looked. What came again and again with nothing else between stands on one line, every day and hour said."""
    for deed, those in groupby(lines, key=_deed):
        met = list(those)
        times = [f"{said_on(one['jour'])}, {_hours(one)}" for one in met]
        if len(met) < _OFTEN:
            yield from ([time, deed] for time in times)
        else:
            span = stacked(f"Du {said_on(met[-1]['jour'])}", f"au {said_on(met[0]['jour'])}")
            yield [span, f"{deed} Les jours : {' ; '.join(times)}."]


def _deed(one: Entry) -> str:
    act = one["acte"]["libelle"]
    deed = f"avez {act.removeprefix('a ')}" if one["par"] == "Vous" and act.startswith("a ") else act
    parts = f" Parties : {lowered(said_parts(one['parties']))}." if one["parties"] else ""
    return f"{one['par']} {deed}.{parts}"


def _hours(one: Entry) -> str:
    return listed(list(dict.fromkeys(said_hour(datetime.fromisoformat(at)) for at in one["instants"])))


_CHAPTERS = (
    _Chapter(
        title="Vos informations",
        key="informations",
        columns={"Question": 4, "Réponse": 5, "D’où elle vient": 9},
        tell=_information,
    ),
    _Chapter(title="Vos étapes", key="etapes", columns={"Étape": 4, "Structure": 3, "Dates": 6}, tell=_each(_step)),
    _Chapter(
        title="Entrées à préparer",
        key="preparations",
        columns={"Étape": 4, "Structure": 3, "Invitation": 6},
        tell=_each(_preparation),
    ),
    _Chapter(
        title="Passages de relais",
        key="relais",
        columns={"De qui à qui": 5, "Ce qui est transmis": 5, "Ce qui s’est passé": 7},
        tell=_each(_relay),
    ),
    _Chapter(
        title="Votre plan d’action",
        key="plan_d_action",
        columns={"Difficulté": 4, "Ce qui est prévu": 6, "Structure": 4, "Ce qu’il est devenu": 5},
        tell=_each(_plan_line),
    ),
    _Chapter(title="Vos contrats d’engagement", key=_TERMS_KEY, columns=_TERMS_COLUMNS, tell=_each(_engagement)),
    _Chapter(
        title="Vos rendez-vous",
        key="rendez_vous",
        columns={"Quand": 5, "Comment": 4, "Structure": 4, "Ce qu’il est devenu": 5},
        tell=_each(_appointment),
    ),
    _Chapter(
        title="Vos points de suivi",
        key="points_de_suivi",
        columns={"Jour": 0, "Point": 5, "Structure": 4, "État": 2},
        tell=_each(_point),
    ),
    _Chapter(
        title="Vos contacts",
        key="contacts",
        columns={"Jour": 0, "Contact": 4, "Structure": 4, "Note": 7},
        tell=_each(_contact),
    ),
    _Chapter(
        title="Vos passages",
        key="passages",
        columns={"Jour": 0, "Passage": 5, "Structure": 4, "Suite": 4},
        tell=_each(_walk_in),
    ),
    _Chapter(
        title="Les notes à votre sujet",
        key="notes",
        columns={"Jour": 0, "Écrite par": 4, "Qui la lit": 4, "Note": 8},
        tell=_each(_note),
    ),
    _Chapter(
        title="Le rythme de contact que vous souhaitez",
        key="rythmes_souhaites",
        columns={"Rythme": 4, "Noté par": 4, "Période": 5},
        tell=_each(_wish),
    ),
    _Chapter(
        title="Risques de rupture signalés",
        key="alertes",
        columns={"Jour": 0, "Risque": 5, "Structure": 4, "État": 2},
        tell=_each(_alert),
    ),
    _Chapter(
        title="Vos référents de parcours",
        key="referents",
        columns={"Nom": 3, "Structure": 4, "Période": 6},
        tell=_each(_referent),
    ),
    _Chapter(
        title="Qui peut ou a pu voir votre dossier",
        key="acces_ouverts",
        columns={"Structure": 5, "Pourquoi": 5, "Période": 5, "Parties": 10},
        tell=_each(_access),
    ),
    _Chapter(
        title="Vos accords de partage",
        key="accords",
        columns={"Structure": 5, "Comment": 4, "Période": 8, "Parties": 8},
        tell=_each(_agreement),
    ),
    _Chapter(
        title="Vos arrêts de partage", key="arrets", columns={"Partage arrêté avec": 3, "Période": 5}, tell=_each(_stop)
    ),
    _Chapter(
        title="Ce que vous cachez",
        key="parties_cachees",
        columns={"Partie cachée": 4, "À qui": 4, "Période": 5},
        tell=_each(_hidden),
    ),
    _Chapter(
        title="Ce que vous avez limité", key="limitations", columns={"Partie": 5, "Période": 5}, tell=_each(_limited)
    ),
    _Chapter(
        title="Vos documents",
        key="vos_documents",
        columns={"Document": 4, "Type": 1, "Origine": 5},
        tell=_each(_held_document),
    ),
    _Chapter(
        title="Papiers signés", key="documents", columns={"Document": 4, "Type": 1, "Origine": 5}, tell=_each(_document)
    ),
    _Chapter(
        title="Vos demandes", key="demandes", columns={"Demande": 3, "Faite le": 3, "Réponse": 8}, tell=_each(_request)
    ),
    _Chapter(
        title="Vos questions sur des accès",
        key="questions",
        columns={"Jour de l’accès": 0, "Accès": 4, "Question et réponse": 8},
        tell=_each(_question),
    ),
    _Chapter(
        title="Accès exceptionnels",
        key="acces_exceptionnels",
        columns={"Jour": 0, "Structure": 3, "Raison et vérification": 8},
        tell=_each(_exceptional),
    ),
    _Chapter(
        title="Réponses remplacées",
        key="reponses_remplacees",
        columns={"Question": 3, "Ancienne réponse": 4, "D’où elle venait": 5, "Remplacée le": 0},
        tell=_each(_replaced),
    ),
    _Chapter(
        title="Réponses effacées",
        key="reponses_effacees",
        columns={"Question": 4, "Effacée le": 0, "Par": 4, "Raison": 5},
        tell=_each(_erased),
    ),
    _Chapter(
        title="Qui a regardé votre dossier",
        key="journal",
        columns={"Jour et heure": 0, "Ce qui a été fait": 1},
        tell=_log,
    ),
)


def _origin(one: Entry) -> str:
    where = f"{one['structure']}, " if one["structure"] else ""
    confirmed = f", confirmé le {said_on(one['confirme_le'])}" if one["confirme_le"] else ""
    return f"{where}{one['maniere']['libelle']}, le {said_on(one['le'])}{confirmed}"
