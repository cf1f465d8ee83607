"""The exported record as a paper tells it: chapters, each with short entries, in the words of the screens."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from pathway.kernel.clock import local_day
from pathway.kernel.ids import spaced_card_number
from pathway.kernel.wording import listed, said_date, said_hour, said_instant

Entry = Mapping[str, Any]
Told = tuple[str, list[str]]  # a heading and its lines

_NOTHING = "Rien n’est noté."


def paper_of(document: Entry, *, made_at: datetime) -> dict[str, Any]:
    """What `templates/print/record.typ` needs: who, when, and the chapters in order; empty ones say so."""
    who = document["personne"]
    return {
        "name": f"{who['prenom']} {who['nom']}",
        "born": _day(who["date_de_naissance"]),
        "cards": listed([spaced_card_number(number) for number in who["numeros_de_carte"]]),
        "made": said_instant(made_at),
        "territory": document["territoire"],
        "chapters": [
            *_information(document),
            *(_chapter(title, tell, document[key]) for title, key, tell in _CHAPTERS),
        ],
    }


def _information(document: Entry) -> list[dict[str, Any]]:
    """One chapter for each part of the record of which something is known."""
    told = groupby(document["informations"], key=lambda one: str(one["rubrique"]["libelle"]))
    return [_chapter(f"Vos informations : {part}", _fact, entries) for part, entries in told]


def _chapter(title: str, tell: Callable[[Entry], Told], entries: Iterable[Entry]) -> dict[str, Any]:
    told = [tell(one) for one in entries]
    lines = [{"head": head, "lines": [line for line in lines if line]} for head, lines in told]
    return {"title": title, "entries": lines, "nothing": _NOTHING}


def _fact(one: Entry) -> Told:
    others = [
        f"Autre réponse : {other['reponse_lue']} ({_origin(other['origine'])})" for other in one["autres_reponses"]
    ]
    return f"{one['libelle']} : {one['reponse_lue']}", [_origin(one["origine"]), *others]


def _replaced(one: Entry) -> Told:
    gone = f"Remplacée le {_at(one['remplacee_le'])}"
    return f"{one['libelle']} : {one['reponse_lue']}", [_origin(one["origine"]), gone]


def _erased(one: Entry) -> Told:
    gone = f"Effacée le {_at(one['effacee_le'])} par {one['effacee_par']}"
    return one["libelle"], [gone, one["raison"]["libelle"]]


def _preparation(one: Entry) -> Told:
    done = f"Répondu le {_at(one['repondue_le'])}" if one["repondue_le"] else ""
    return f"{one['dispositif']} ({one['structure']})", [f"Invitation du {_at(one['invitee_le'])}", done]


def _step(one: Entry) -> Told:
    planned = f"Fin prévue le {_day(one['fin_prevue_le'])}" if one["fin_prevue_le"] else ""
    answers = [f"{said['question']} : {said['reponse_lue']}" for said in one["reponses"]]
    ends = [_ending(ended) for ended in one["sorties"]]
    return f"{one['dispositif']} ({one['structure']})", [f"Début le {_day(one['entree_le'])}", planned, *answers, *ends]


def _ending(one: Entry) -> str:
    why = one["motif"] or one["genre"]["libelle"]
    cancelled = f" (annulée le {_at(one['annulee_le'])})" if one["annulee_le"] else ""
    return f"Sortie le {_day(one['le'])} : {why}{cancelled}"


def _point(one: Entry) -> Told:
    moved = one["prevu_au_depart_le"] != one["prevu_le"]
    first = f"Prévu d’abord le {_day(one['prevu_au_depart_le'])}" if moved else ""
    return f"{_day(one['prevu_le'])} : {one['genre']['libelle']}", [
        f"{one['structure']}, {one['etat']['libelle']}",
        first,
    ]


def _contact(one: Entry) -> Told:
    head = f"{_day(one['le'])} : {one['moyen']['libelle']}, {one['resultat']['libelle']}"
    return head, [one["structure"] or "", f"Note : {one['note']}" if one["note"] else ""]


def _alert(one: Entry) -> Told:
    return f"{_day(one['ouverte_le'])} : {one['regle']['libelle']}", [f"{one['structure']}, {one['etat']['libelle']}"]


def _referent(one: Entry) -> Told:
    return f"{one['nom'] or 'Une personne'} ({one['structure']})", [_span(one)]


def _access(one: Entry) -> Told:
    return f"{one['structure']} : {one['cause']['libelle']}", [_span(one), f"Parties : {listed(one['parties'])}"]


def _agreement(one: Entry) -> Told:
    given = f"Donné le {_at(one['donne_le'])}" if one["donne_le"] else "Pas encore signé"
    ended = f"Retiré ou remplacé le {_at(one['retire_le'])}" if one["retire_le"] else ""
    until = f"Jusqu’au {_at(one['jusqu_au'])}"
    return f"{one['structure']} ({one['maniere']['libelle']})", [
        given,
        until,
        ended,
        f"Parties : {listed(one['parties'])}",
    ]


def _stop(one: Entry) -> Told:
    return f"Partage arrêté : {one['structure']}", [_span(one)]


def _hidden(one: Entry) -> Told:
    return f"{one['partie']}, cachée à {one['structure']}", [_span(one)]


def _limited(one: Entry) -> Told:
    return f"{one['partie']} : aucune structure ne l’utilise", [_span(one)]


def _document(one: Entry) -> Told:
    return one["genre"]["libelle"], [f"{one['type']}, ajouté le {_at(one['ajoute_le'])} par {one['structure']}"]


def _request(one: Entry) -> Told:
    part = f" ({one['partie']})" if one["partie"] else ""
    said = [f"Demandée le {_at(one['faite_le'])}, {one['maniere']['libelle']} : {one['etat']['libelle']}"]
    said += [f"Votre texte : {one['message']}" if one["message"] else ""]
    said += [f"Réponse de {one['structure']} : {one['reponse_recue']}" if one["reponse_recue"] else ""]
    return f"{one['genre']['libelle']}{part}", said


def _question(one: Entry) -> Told:
    answers = [f"Réponse de {said['structure'] or 'la carte'} : {said['texte']}" for said in one["reponses_recues"]]
    asked = f"Votre texte : {one['message']}" if one["message"] else ""
    return f"{one['acces']} ({_at(one['acces_le'])})", [one["etat"]["libelle"], asked, *answers]


def _exceptional(one: Entry) -> Told:
    checked = one["verification"]["libelle"] if one["verification"] else "Pas encore vérifié"
    head = f"{one['structure']}, {_at(one['ouvert_le'])}"
    return head, [one["raison"]["libelle"], f"Précision : {one['note']}" if one["note"] else "", checked]


def _line(one: Entry) -> Told:
    act = one["acte"]["libelle"]
    deed = f"avez {act.removeprefix('a ')}" if one["par"] == "Vous" and act.startswith("a ") else act
    hours = dict.fromkeys(said_hour(datetime.fromisoformat(at)) for at in one["instants"])
    said = "Heures" if len(hours) > 1 else "Heure"
    parts = f"Parties : {listed(one['parties'])}" if one["parties"] else ""
    return f"{_day(one['jour'])} : {one['par']} {deed}", [f"{said} : {', '.join(hours)}", parts]


_CHAPTERS: tuple[tuple[str, str, Callable[[Entry], Told]], ...] = (
    ("Vos étapes", "etapes", _step),
    ("Entrées à préparer", "preparations", _preparation),
    ("Vos points de suivi", "points_de_suivi", _point),
    ("Vos contacts", "contacts", _contact),
    ("Risques de rupture signalés", "alertes", _alert),
    ("Vos référents de parcours", "referents", _referent),
    ("Qui peut ou a pu voir votre dossier", "acces_ouverts", _access),
    ("Vos accords de partage", "accords", _agreement),
    ("Vos arrêts de partage", "arrets", _stop),
    ("Ce que vous cachez", "parties_cachees", _hidden),
    ("Ce que vous avez limité", "limitations", _limited),
    ("Vos documents", "documents", _document),
    ("Vos demandes", "demandes", _request),
    ("Vos questions sur des accès", "questions", _question),
    ("Accès exceptionnels", "acces_exceptionnels", _exceptional),
    ("Réponses remplacées", "reponses_remplacees", _replaced),
    ("Réponses effacées", "reponses_effacees", _erased),
    ("Qui a regardé votre dossier", "journal", _line),
)


def _origin(one: Entry) -> str:
    where = f"{one['structure']}, " if one["structure"] else ""
    confirmed = f", confirmé le {_day(one['confirme_le'])}" if one["confirme_le"] else ""
    return f"{where}{one['maniere']['libelle']}, le {_day(one['le'])}{confirmed}"


def _span(one: Entry) -> str:
    until = f"jusqu’au {_at(one['jusqu_au'])}" if one["jusqu_au"] else "sans fin prévue"
    return f"Depuis le {_at(one['depuis'])}, {until}"


def _at(instant: str) -> str:
    return said_date(local_day(datetime.fromisoformat(instant)))


def _day(day: str) -> str:
    return said_date(date.fromisoformat(day))
