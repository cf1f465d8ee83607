"""Who may open her record, why and until when; and who opened it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.partners.queries import staff_names, structure_names
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import record_opened
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import Reader, structures_that_see
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_date
from pathway.store.journal import entries_about
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate

_SHOWN = 50
_DAYS_IN_SIGHT = 7
_READ_BACK = 600  # her own visits are in the journal too, and left out here
_BESIDE_HEALTH = frozenset(Section) - {Section.HEALTH}
_SOMETHING = "a utilisé votre dossier"
_DEEDS: Mapping[str, str] = {
    "read_record": "a lu votre dossier",
    "read_list": "a vu votre nom dans une liste",
    "read_alerts": "a vu une alerte sur votre parcours",
    "search": "a cherché un nom et trouvé le vôtre",
    "create_records": "a créé votre carte",
    "open_grant": "a ouvert votre dossier à une autre structure",
    "activate_account": "a ouvert votre compte",
    "find_known": "a retrouvé votre carte",
    "try_import": "a comparé un fichier avec votre carte",
    "import_lot": "a ajouté des informations venues d’un fichier",
    "edit_section": "a modifié vos informations",
    "set_referent": "a changé votre référent de parcours",
    "choose_referent": "a changé votre référent de parcours",
    "record_entry": "a enregistré le début d’une étape",
    "record_exit": "a enregistré la fin d’une étape",
    "cancel_exit": "a annulé la fin d’une étape",
    "end_finished_supports": "a fermé l’accès d’une structure",
    "record_contact": "a noté un contact avec vous",
    "mark_not_done": "a noté qu’un point de suivi n’a pas été fait",
    "reassign_points": "a confié votre suivi à un·e collègue",
    "give_alert": "a confié votre suivi à un·e collègue",
    "snooze_alert": "a remis une alerte à plus tard",
    "dismiss_alert": "a écarté une alerte",
    "give_activation": "vous a donné un code pour ouvrir votre compte",
    "refused": "a essayé d’ouvrir votre dossier, et l’accès a été refusé",
}


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One structure that may open her record, in words."""

    structure: str
    sees: str
    why: str
    until: date | str


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What somebody did with her record on one day. `who` is a structure, or her référent's name with it."""

    who: str
    deed: str
    times: int


@dataclass(frozen=True, kw_only=True)
class VisitDay:
    """One day on which her record was used."""

    on: date
    visits: tuple[Visit, ...]


@dataclass(frozen=True, kw_only=True)
class AccessPage:
    """Who may see, and who looked: the latest days in sight, the earlier ones folded."""

    sights: tuple[Sight, ...]
    latest: tuple[VisitDay, ...]
    earlier: tuple[VisitDay, ...]


@allow(Permission.OWN_PATHWAY_READ)
def view() -> ResponseReturnValue:
    """Show who may open her record, and the last accesses."""
    here = gate()
    with here.reading() as tx:
        page = _gathered(tx, here.actor.record_id)
    return render_template("jobseeker/access.html", page=page)


def _gathered(tx: Transaction, record_id: str) -> AccessPage:
    referent = record_opened(tx, record_id, only=frozenset()).referent
    names = structure_names(tx)
    known = staff_names(tx, [referent.account_id]) if referent else {}
    days = _days(entries_about(tx.connection, record_id, limit=_READ_BACK), record_id, names, known)
    return AccessPage(
        sights=tuple(_sight(reader) for reader in structures_that_see(tx, record_id)),
        latest=days[:_DAYS_IN_SIGHT],
        earlier=days[_DAYS_IN_SIGHT:],
    )


def _sight(reader: Reader) -> Sight:
    return Sight(
        structure=reader.name,
        sees=_seen(reader.sections),
        why=f"{reader.cause.label}, depuis le {said_date(local_day(reader.from_at))}.",
        until=local_day(reader.until_at) if reader.until_at else "tant que dure cet accompagnement",
    )


def _seen(sections: frozenset[str]) -> str:
    held = {section for section in Section if section.value in sections}
    if held == set(Section):
        return "Tout votre dossier"
    if held == _BESIDE_HEALTH:
        return "Votre dossier, sauf la partie santé"
    return f"Ces parties : {', '.join(section.label.lower() for section in Section if section in held)}"


def _days(
    entries: Iterable[Mapping[str, Any]], record_id: str, names: Mapping[str, str], known: Mapping[str, str]
) -> tuple[VisitDay, ...]:
    """Newest first; the same deed by the same structure on the same day is one line."""
    counted: dict[tuple[date, str, str], int] = {}
    for entry in entries:
        if entry["role"] in (Role.JOBSEEKER, "nobody"):
            continue
        day = local_day(datetime.fromisoformat(entry["at"]))
        who = _who(entry, names, known)
        for deed in _deeds(entry, record_id):
            counted[day, who, deed] = counted.get((day, who, deed), 0) + 1
    lines: dict[date, list[Visit]] = {}
    for (day, who, deed), times in islice(counted.items(), _SHOWN):
        lines.setdefault(day, []).append(Visit(who=who, deed=deed, times=times))
    return tuple(VisitDay(on=day, visits=tuple(visits)) for day, visits in lines.items())


def _who(entry: Mapping[str, Any], names: Mapping[str, str], known: Mapping[str, str]) -> str:
    structure = names.get(entry["structure"], "Le service de la carte")
    person = known.get(entry["actor"])
    return f"{person} ({structure})" if person else structure


def _deeds(entry: Mapping[str, Any], record_id: str) -> list[str]:
    """The deeds of one entry that concern her, each once."""
    mine = (act["do"] for act in entry["acts"] if record_id in act["on"])
    return list(dict.fromkeys(_DEEDS.get(deed, _SOMETHING) for deed in mine))
