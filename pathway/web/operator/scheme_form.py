"""The form in which a scheme is written: its facts, its stages, what it asks of the dictionary and by itself, by lines.

A button that adds, moves or takes away a line keeps nothing and loses nothing: what was typed stays on the page.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import ValidationError

from pathway.casework.partners.rules import LONGEST_CODE, read_code, read_name
from pathway.casework.records.catalogue import CATALOGUE, item, items_of
from pathway.casework.records.rules import Requirement
from pathway.casework.records.vocabulary import Section
from pathway.casework.schemes.rules import (
    LONGEST_DAYS,
    MOST_QUESTIONS,
    MOST_REQUIREMENTS,
    MOST_STAGES,
    Intensity,
    OwnQuestion,
    SchemeDraft,
    SchemeKind,
    Stage,
    stood_in,
)
from pathway.casework.schemes.standards import CARD
from pathway.kernel.errors import Conflict, Invalid, PathwayError, Refused
from pathway.kernel.ids import new_id
from pathway.web.forms import CarteForm, Needed, SelectChoice

_IN_LISTS: Mapping[str, str] = {
    "requirements": "why",
    "questions": "label",
    "stages": "name",
}  # and what is typed there
_ON_EVERY_CARD = frozenset(one.key for one in CARD)
_NO_ITEM = "Choisissez d’abord une donnée dans la liste."
_NOT_DAYS = f"Écrivez un nombre de jours, de 1 à {LONGEST_DAYS}, ou laissez vide."


class _French:
    """French messages whatever the browser asks."""

    locales = ("fr",)


class AskedLine(Form):
    """One item of the dictionary, and why it is asked."""

    Meta = _French
    key = HiddenField()
    why = StringField("Pourquoi")
    is_required = BooleanField("Obligatoire")


class QuestionLine(Form):
    """One question of the scheme's own."""

    Meta = _French
    key = HiddenField()
    label = StringField("Question")
    is_required = BooleanField("Obligatoire")


class StageLine(Form):
    """One stage of the scheme."""

    Meta = _French
    key = HiddenField()
    name = StringField("Phase")


class SchemeForm(CarteForm):
    """All of a scheme. `seen` is the mark of the writing one read, `kind` is chosen before; `code` once and for all."""

    seen = HiddenField()
    kind = HiddenField()
    name = StringField("Nom", [Needed("Écrivez le nom du dispositif.")])
    code = StringField(
        "Code",
        description=f"Les fichiers et les commandes l’appellent ainsi. Minuscules sans accent, chiffres, tirets : "
        f"{LONGEST_CODE} signes au plus. Il ne change plus ensuite. Exemple : plie-nord",
    )
    structure_id = SelectField("Structure qui y fait entrer des personnes", choices=[], validate_choice=False)
    is_checked = BooleanField("J’ai vérifié : ce nom ne dit rien de cette structure")
    intensity = RadioField(
        "Intensité de l’accompagnement",
        choices=[SelectChoice(*pair) for pair in Intensity.pairs()],
        validate_choice=False,
        description="Elle fixe combien de temps un silence peut durer avant une alerte.",
    )
    planned_days = StringField("Durée prévue, en jours", description="Vide : sans durée prévue.")
    is_short_activity = BooleanField(
        "Activité courte, d’une heure à quelques jours",
        description="Atelier, forum : elle ne prend pas la suite des points de suivi ouverts.",
    )
    asks_results = BooleanField(
        "Poser les questions du FSE+ après chaque sortie", description="Dans les 28 jours, puis à six mois."
    )
    requirements = FieldList(FormField(AskedLine), max_entries=MOST_REQUIREMENTS)
    questions = FieldList(FormField(QuestionLine), max_entries=MOST_QUESTIONS)
    stages = FieldList(FormField(StageLine), max_entries=MOST_STAGES)
    item = SelectField("Ajouter une donnée du dictionnaire", choices=[], validate_choice=False)

    def validate_name(self, field: StringField) -> None:
        """Keep the name as it will be kept."""
        try:
            field.data = read_name(field.data or "")
        except Invalid as refusal:
            raise ValidationError(refusal.sentence) from None

    def refuse(self, error: PathwayError) -> None:
        """What the rules say of a line goes beside what is typed there; a code already taken, beside the code."""
        name, _, number = getattr(error, "field", "").partition("-")
        if name in _IN_LISTS and number:
            typed = self[name].entries[int(number)].form[_IN_LISTS[name]]
            typed.errors = self[name].errors = [error.sentence]
        elif isinstance(error, Conflict) and not self.seen.data:
            super().refuse(Invalid(error.sentence, field="code"))
        else:
            super().refuse(error)


def filled(draft: SchemeDraft, *, seen: str = "") -> SchemeForm:
    """The form that shows a draft."""
    return _made(
        {
            "seen": seen,
            "kind": draft.kind.value,
            "name": draft.name,
            "structure_id": draft.structure_id or "",
            "intensity": draft.intensity.value,
            "planned_days": str(draft.planned_days or ""),
            "is_short_activity": draft.is_short_activity,
            "asks_results": draft.asks_results,
        },
        [{"key": one.key, "why": one.why, "is_required": one.is_required} for one in draft.requirements],
        [{"key": one.key, "label": one.label, "is_required": one.is_required} for one in draft.questions],
        [{"key": one.key, "name": one.name} for one in draft.stages],
    )


def completed(form: SchemeForm, structures: Mapping[str, str]) -> None:
    """Give the form its choices: structures by id, and the items that it does not ask yet, by section."""
    everywhere = SelectChoice("", "Toutes les structures du territoire")
    form.structure_id.choices = [everywhere, *(SelectChoice(*pair) for pair in structures.items())]
    asked = {line.form.key.data for line in form.requirements.entries} | _ON_EVERY_CARD
    left = [one for section in Section for one in items_of(section) if one.key not in asked]
    known = [SelectChoice(one.key, one.label, optgroup=one.section.label) for one in left]
    form.item.choices = [SelectChoice("", "Choisissez…"), *known]
    for number, line in enumerate(form.requirements.entries, 1):
        key = line.form.key.data or ""
        of = CATALOGUE[key].label if key in CATALOGUE else "donnée inconnue"
        line.form.why.label.text = f"Pourquoi – {of}"
        line.form.is_required.label.text = f"Obligatoire – {number}, {of}"
    for number, own in enumerate(form.questions.entries, 1):
        own.form.label.label.text = f"Question propre {number}"
        own.form.is_required.label.text = f"Obligatoire – question propre {number}"
    for number, stage in enumerate(form.stages.entries, 1):
        stage.form.name.label.text = f"Phase {number}"


def moved(form: SchemeForm, standing: Mapping[str, int]) -> SchemeForm | None:
    """The form after a button that adds, moves up or takes away a line; None when no such button was pressed.

    `standing`: stage key → how many people stand in it: that one stays, with the reason beside it.
    """
    known = {name: list(form[name].data) for name in _IN_LISTS}
    kept = ""
    if "add" in request.form:
        _add(request.form["add"], form, known)
    elif "remove" in request.form:
        kept = _take(known, request.form["remove"], standing)
    elif "up" in request.form:
        name, number = _place(known, request.form["up"])
        if number:
            known[name].insert(number - 1, known[name].pop(number))
    else:
        return None
    rest = {name: value for name, value in form.data.items() if name not in {*_IN_LISTS, "item", "csrf_token"}}
    other = _made(rest, *known.values())
    if kept:
        other.refuse(Refused(kept, field=request.form["remove"]))
    if request.form.get("add") == "item" and not form.item.data:
        other.refuse(Refused(_NO_ITEM, field="item"))
    return other


def read(form: SchemeForm) -> SchemeDraft:
    """The draft that was typed; `Invalid` for what no screen offers, or a duration that is no number."""
    return SchemeDraft(
        name=form.name.data or "",
        kind=SchemeKind.read(form.kind.data or "", field="kind"),
        structure_id=form.structure_id.data or None,
        intensity=Intensity.read(form.intensity.data, field="intensity"),
        planned_days=_days(form.planned_days.data or ""),
        is_short_activity=form.is_short_activity.data,
        asks_results=form.asks_results.data,
        requirements=tuple(
            Requirement(key=one["key"] or "", is_required=one["is_required"], why=" ".join((one["why"] or "").split()))
            for one in form.requirements.data
        ),
        questions=tuple(
            OwnQuestion(
                key=one["key"] or "", label=" ".join((one["label"] or "").split()), is_required=one["is_required"]
            )
            for one in form.questions.data
        ),
        stages=tuple(
            Stage(key=one["key"] or "", name=" ".join((one["name"] or "").split())) for one in form.stages.data
        ),
    )


def check_code(form: SchemeForm) -> None:
    """Say at once what is wrong with the code of a new scheme."""
    try:
        form.code.data = read_code(form.code.data or "")
    except Invalid as refusal:
        form.refuse(refusal)


def _made(
    facts: Mapping[str, Any],
    asked: Sequence[Mapping[str, Any]],
    own: Sequence[Mapping[str, Any]],
    stages: Sequence[Mapping[str, Any]],
) -> SchemeForm:
    return SchemeForm(formdata=None, **facts, requirements=asked, questions=own, stages=stages)


def _add(what: str, form: SchemeForm, known: Mapping[str, list[Any]]) -> None:
    asked, own, stages = known["requirements"], known["questions"], known["stages"]
    if what == "question" and len(own) < MOST_QUESTIONS:
        own.append({"key": f"q_{new_id()[:12]}", "label": "", "is_required": False})
    elif what == "stage" and len(stages) < MOST_STAGES:
        stages.append({"key": f"s_{new_id()[:12]}", "name": ""})
    elif what == "item" and form.item.data in CATALOGUE and len(asked) < MOST_REQUIREMENTS:
        asked.append({"key": item(form.item.data).key, "why": "", "is_required": False})


def _take(known: Mapping[str, list[Any]], where: str, standing: Mapping[str, int]) -> str:
    """Take that line away; why it stays, for a stage in which somebody stands."""
    name, number = _place(known, where)
    if number is None:
        return ""
    line = known[name][number]
    if name == "stages" and standing.get(line["key"] or ""):
        return stood_in(line["name"] or "", standing[line["key"]])
    del known[name][number]
    return ""


def _place(known: Mapping[str, list[Any]], where: str) -> tuple[str, int | None]:
    """(list, position) that a button names; None where there is no such line."""
    name, _, typed = where.partition("-")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 4
    return (name, int(typed)) if is_number and int(typed) < len(known.get(name, ())) else (name, None)


def _days(typed: str) -> int | None:
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid(_NOT_DAYS, field="planned_days")
    return int(text)
