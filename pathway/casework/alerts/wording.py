"""What an alert says, to staff and to the person: rendered from its facts when shown, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pathway.casework.alerts.vocabulary import Answer, RuleId
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date, said_days, said_weekday

_RIGHTS = marked("Cela ne change rien à vos droits.")
_YEAR = 365  # days
_TO_RESPONSABLES = " Ce retard est aussi signalé aux responsables de la structure."


@dataclass(frozen=True, kw_only=True)
class _Sentences:
    """One rule's sentences. `since`: the fact their day is read from, and their {span} counted from. What staff reads
    is French; what is said to her is in her language."""

    since: str
    staff: str
    person: str
    clears: str


_OVERDUE = _Sentences(
    since="due_on",
    staff="{span} de retard sur le point de suivi prévu le {day} (alerte à partir de {limit}).",
    person=marked("Nous devions prendre de vos nouvelles le %(day)s. Nous ne l’avons pas encore fait."),
    clears="L’alerte s’efface quand le résultat du point de suivi prévu le {day} est enregistré.",
)
_SILENT = _Sentences(
    since="since_on",
    staff="{span} sans contact réussi, depuis le {day} (alerte au-delà de {limit}).",
    person=marked("Nous ne nous sommes pas parlé depuis le %(day)s. Nous allons essayer de vous joindre."),
    clears="L’alerte s’efface quand un contact réussi est enregistré.",
)
_NEVER_REACHED = _Sentences(
    since="since_on",
    staff="{span} sans aucun contact réussi depuis le début du suivi, le {day} (alerte au-delà de {limit}).",
    person=marked(
        "Votre suivi a commencé le %(day)s. Nous n’avons pas encore pu vous parler. Nous allons vous contacter."
    ),
    clears=_SILENT.clears,
)
_GAP = _Sentences(
    since="ended_on",
    staff="{span} sans accompagnement depuis la fin de la dernière étape, le {day} (alerte au-delà de {limit}).",
    person=marked("Votre dernière étape s’est arrêtée le %(day)s. Nous cherchons la suite avec vous."),
    clears="L’alerte s’efface quand une nouvelle étape commence.",
)
_MISSED = _Sentences(
    since="last_on",
    staff="{times} rendez-vous non tenus en {limit} : le dernier le {day}, sans nouvelles depuis.",
    person=marked(
        "Plusieurs rendez-vous n’ont pas pu avoir lieu, le dernier le %(day)s. Dites-nous ce qui vous arrangerait."
    ),
    clears="L’alerte s’efface quand un rendez-vous est tenu ou qu’un contact réussi est enregistré.",
)
_BACK = _Sentences(
    since="back_on",
    staff="Le relais est revenu sans réponse le {day}, et rien n’a suivi depuis.",
    person=marked(
        "La structure à laquelle nous vous avions présenté·e n’a pas répondu. Nous cherchons autre chose avec vous."
    ),
    clears="L’alerte s’efface quand la personne est jointe, ou quand un autre relais ou une étape commence.",
)
_NOT_BEGUN = _Sentences(
    since="accepted_on",
    staff="Relais accepté le {day}, et pas encore de premier rendez-vous tenu (alerte au-delà de {limit}).",
    person=marked(
        "Le %(day)s, une structure a accepté de vous recevoir. Votre premier rendez-vous n’a pas encore eu lieu."
    ),
    clears="L’alerte s’efface quand l’autre structure reçoit ou joint la personne, ou quand le relais est terminé.",
)
_NOT_HELD = _Sentences(
    since="from_on",
    staff="Premier rendez-vous prévu le {day} après un relais, et pas noté comme tenu (alerte au-delà de {limit}).",
    person=marked("Votre premier rendez-vous était prévu le %(day)s. Nous ne savons pas s’il a eu lieu."),
    clears=_NOT_BEGUN.clears,
)
_EARLY = _Sentences(
    since="ended_on",
    staff="Étape arrêtée le {day}, plus tôt que prévu : elle allait du {entered} au {planned}. Rien n’a suivi.",
    person=marked(
        "Une étape s’est arrêtée plus tôt que prévu, le %(day)s. Nous cherchons avec vous ce qui irait mieux."
    ),
    clears="L’alerte s’efface quand la personne est jointe ou qu’une autre étape commence.",
)
_SHORT = _Sentences(
    since="ended_on",
    staff="Étape arrêtée le {day}, peu après son début, le {entered} (alerte jusqu’à {limit}). Rien n’a suivi.",
    person=marked(
        "Une étape s’est arrêtée peu après son début, le %(day)s. Nous cherchons avec vous ce qui irait mieux."
    ),
    clears=_EARLY.clears,
)
_STOPPED = _Sentences(
    since="last_on",
    staff="{times} étapes arrêtées par la personne en {within}, la dernière le {day}.",
    person=marked("Vous avez arrêté plusieurs étapes, la dernière le %(day)s. Parlons de ce qui vous conviendrait."),
    clears="L’alerte s’efface quand la structure parle avec la personne.",
)
_STEP_ENDS = _Sentences(
    since="ends_on",
    staff="L’étape se termine le {day} et rien n’est prévu ensuite (alerte {limit} avant).",
    person=marked("Votre étape se termine le %(day)s. Nous préparons la suite avec vous."),
    clears="L’alerte s’efface quand une suite est prévue : un relais envoyé ou une autre étape.",
)
_CONTRACT_ENDS = _Sentences(
    since="ends_on",
    staff="Le contrat ou la formation se termine le {day} et rien n’est prévu ensuite (alerte {limit} avant).",
    person=marked("Votre contrat ou votre formation se termine le %(day)s. Nous préparons la suite avec vous."),
    clears=_STEP_ENDS.clears,
)
_STEP_SHOULD_HAVE_ENDED = _Sentences(
    since="ends_on",
    staff="L’étape devait se terminer le {day} : elle est encore ouverte, et rien n’est prévu ensuite.",
    person=marked("Votre étape devait se terminer le %(day)s. Nous préparons la suite avec vous."),
    clears="L’alerte s’efface quand la fin de l’étape est enregistrée, ou quand une suite est prévue.",
)
_NOBODY = _Sentences(
    since="",
    staff="Personne n’est référent de parcours.",
    person=marked("Nous choisissons la personne qui suivra votre parcours."),
    clears="L’alerte s’efface quand un référent de parcours est nommé.",
)
_GONE = _Sentences(
    since="since_on",
    staff="Le référent de parcours, nommé le {day}, ne travaille plus dans la structure.",
    person=marked("La personne qui suivait votre parcours est partie. Nous choisissons qui la remplace."),
    clears=_NOBODY.clears,
)
_AWAY = _Sentences(
    since="away_until_on",
    staff="Le référent de parcours est absent jusqu’au {day}, sans remplaçant.",
    person=marked("La personne qui suit votre parcours est absente jusqu’au %(day)s. Nous voyons qui la remplace."),
    clears="L’alerte s’efface au retour du référent, ou quand quelqu’un le remplace.",
)
_SHARING_ENDS = _Sentences(
    since="ends_on",
    staff="L’accord de partage se termine le {day}, alors qu’une étape est en cours.",
    person=marked("Votre accord de partage se termine le %(day)s. Vous décidez de la suite."),
    clears="L’alerte s’efface quand la personne redonne son accord, ou quand l’étape se termine.",
)
_SHARING_STOPPED = _Sentences(
    since="stopped_on",
    staff="La personne a arrêté le partage le {day}, alors qu’une étape est en cours. L’accompagnement continue.",
    person=marked("Vous avez arrêté un partage le %(day)s. Votre accompagnement continue."),
    clears="L’alerte s’efface quand la personne reprend le partage, ou quand l’étape se termine.",
)
_BY_RULE = {
    RuleId.R02: _OVERDUE,
    RuleId.R03: _SILENT,
    RuleId.R04: _MISSED,
    RuleId.R05: _BACK,
    RuleId.R06: _NOT_BEGUN,
    RuleId.R07: _GAP,
    RuleId.R08: _SHORT,
    RuleId.R09: _STOPPED,
    RuleId.R10: _STEP_ENDS,
    RuleId.R11: _NOBODY,
    RuleId.R14: _SHARING_ENDS,
}
# The first fact that an alert holds tells which sentences it has, where a rule has several.
_BY_FACT: dict[RuleId, tuple[tuple[str, _Sentences], ...]] = {
    RuleId.R08: (("planned_end_on", _EARLY),),
    RuleId.R10: (("exit_id", _CONTRACT_ENDS),),
    RuleId.R11: (("away_until_on", _AWAY), ("referent_id", _GONE)),
    RuleId.R14: (("stopped_on", _SHARING_STOPPED),),
}


def staff_sentence(rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], *, today: date) -> str:
    """Why the alert is there, with its days counted up to `today` and its threshold. It names nobody: callers do."""
    sentence = _said(_sentences(rule, facts, today).staff, rule, facts, parameters, today)
    return sentence + _missed_step(facts) + (_TO_RESPONSABLES if parameters.get("responsable") else "")


def person_sentence(rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], *, today: date) -> str:
    """The same, said to the person without blame; it always ends with « Cela ne change rien à vos droits. »"""
    told = _sentences(rule, facts, today)
    return f"{_(told.person, day=said_date(_day(told, facts, today)))} {_(_RIGHTS)}"


def clearing_sentence(rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], *, today: date) -> str:
    """What makes the alert go away."""
    return _said(_sentences(rule, facts, today).clears, rule, facts, parameters, today)


def answer_sentence(answer: Answer, note: str, on: date, *, today: date) -> str:
    """What the person answered, for whoever follows her: her word, the day, her message if there is one."""
    more = f" Son message : « {note} »" if note else ""
    return f"La personne a répondu « {answer.label} », {said_weekday(on, today=today)}.{more}"


def _sentences(rule: RuleId, facts: Mapping[str, str], today: date) -> _Sentences:
    if rule == RuleId.R03 and "contact_id" not in facts:
        return _NEVER_REACHED
    if rule == RuleId.R06 and facts["from_on"] > facts["accepted_on"]:
        return _NOT_HELD
    if rule == RuleId.R10 and "enrolment_id" in facts and date.fromisoformat(facts["ends_on"]) < today:
        return _STEP_SHOULD_HAVE_ENDED
    return next((said for name, said in _BY_FACT.get(rule, ()) if name in facts), _BY_RULE[rule])


def _missed_step(facts: Mapping[str, str]) -> str:
    planned_on = facts.get("planned_on")
    return f" L’étape prévue le {said_date(date.fromisoformat(planned_on))} n’a pas commencé." if planned_on else ""


def _day(told: _Sentences, facts: Mapping[str, str], today: date) -> date:
    since = facts.get(told.since)
    return date.fromisoformat(since) if since else today


def _said(template: str, rule: RuleId, facts: Mapping[str, str], parameters: Mapping[str, int], today: date) -> str:
    day = _day(_sentences(rule, facts, today), facts, today)
    days = parameters.get("threshold_days", 0)
    return template.format(
        span=said_days(abs((today - day).days)),
        day=said_date(day),
        limit=said_days(days),
        within="un an" if days == _YEAR else said_days(days),
        times=parameters.get("threshold_times", 0),
        entered=_other_day(facts, "entered_on"),
        planned=_other_day(facts, "planned_end_on"),
    )


def _other_day(facts: Mapping[str, str], name: str) -> str:
    return said_date(date.fromisoformat(facts[name])) if name in facts else ""
