"""What an alert says, to staff and to the person: rendered from its facts when shown, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pathway.casework.alerts.rules import RuleId
from pathway.kernel.wording import counted, said_date

_RIGHTS = "Cela ne change rien à vos droits."
_TO_RESPONSABLES = " Ce retard est aussi signalé aux responsables de la structure."


@dataclass(frozen=True, kw_only=True)
class _Sentences:
    """One rule's sentences. `since`: the fact their {day} is read from, and their {span} counted from."""

    since: str
    staff: str
    person: str
    clears: str


_OVERDUE = _Sentences(
    since="due_on",
    staff="{span} de retard sur le point de suivi prévu le {day} (alerte à partir de {limit}).",
    person="Nous devions prendre de vos nouvelles le {day}. Nous ne l’avons pas encore fait.",
    clears="L’alerte s’efface quand le résultat du point de suivi prévu le {day} est enregistré.",
)
_SILENT = _Sentences(
    since="since_on",
    staff="{span} sans contact réussi, depuis le {day} (alerte au-delà de {limit}).",
    person="Nous ne nous sommes pas parlé depuis le {day}. Nous allons essayer de vous joindre.",
    clears="L’alerte s’efface quand un contact réussi est enregistré.",
)
_NEVER_REACHED = _Sentences(
    since="since_on",
    staff="{span} sans aucun contact réussi depuis le début du suivi, le {day} (alerte au-delà de {limit}).",
    person="Votre suivi a commencé le {day}. Nous n’avons pas encore pu vous parler. Nous allons vous contacter.",
    clears=_SILENT.clears,
)
_GAP = _Sentences(
    since="ended_on",
    staff="{span} sans accompagnement depuis la fin de la dernière étape, le {day} (alerte au-delà de {limit}).",
    person="Votre dernière étape s’est arrêtée le {day}. Nous cherchons la suite avec vous.",
    clears="L’alerte s’efface quand une nouvelle étape commence ou qu’elle est planifiée.",
)
_BY_RULE = {RuleId.R02: _OVERDUE, RuleId.R03: _SILENT, RuleId.R07: _GAP}


def staff_sentence(rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], *, today: date) -> str:
    """Why the alert is there, with its days counted up to `today` and its threshold. It names nobody: callers do."""
    sentence = _said(_sentences(rule, facts).staff, rule, facts, parameters, today)
    return sentence + _missed_step(facts) + (_TO_RESPONSABLES if parameters.get("responsable") else "")


def person_sentence(rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], *, today: date) -> str:
    """The same, said to the person without blame; it always ends with « Cela ne change rien à vos droits. »"""
    return f"{_said(_sentences(rule, facts).person, rule, facts, parameters, today)} {_RIGHTS}"


def clearing_sentence(rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], *, today: date) -> str:
    """What makes the alert go away."""
    return _said(_sentences(rule, facts).clears, rule, facts, parameters, today)


def _sentences(rule: RuleId, facts: Mapping[str, str]) -> _Sentences:
    if rule == RuleId.R03 and "contact_id" not in facts:
        return _NEVER_REACHED
    return _BY_RULE[rule]


def _missed_step(facts: Mapping[str, str]) -> str:
    planned_on = facts.get("planned_on")
    return f" L’étape prévue le {said_date(date.fromisoformat(planned_on))} n’a pas commencé." if planned_on else ""


def _said(template: str, rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], today: date) -> str:
    since = date.fromisoformat(facts[_sentences(rule, facts).since])
    return template.format(
        span=counted((today - since).days, "jour"),
        day=said_date(since),
        limit=counted(parameters["threshold_days"], "jour"),
    )
