"""Controls for the items of the data dictionary: one field an item, read back in the shape the dictionary checks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from wtforms import EmailField, Field, RadioField, SelectField, SelectMultipleField, StringField

from pathway.casework.records.catalogue import Item, ItemType, check_value, shown
from pathway.casework.records.names import glued, normalise
from pathway.casework.records.values import western
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.reference import rome_jobs, rome_label
from pathway.web.forms import CarteForm, DayField, Needed, SelectChoice

_FEW = 7
_CODE = re.compile(r"\b[A-Za-z][0-9]{4}\b")
_SUGGESTED = 3
_STEM = 5
_SEPARATORS = {ItemType.PHONES: re.compile(r"[,;\n]"), ItemType.ROME: re.compile(r"[;\n]")}
_HINTS = {
    ItemType.PHONES: marked("Séparez plusieurs numéros par une virgule."),
    ItemType.ROME: marked(
        "Écrivez le code (N1104) ou le nom du métier. Séparez plusieurs métiers par un point-virgule."
    ),
}
_NOT_KNOWN = ("", marked("Non renseigné"))


@dataclass(frozen=True, kw_only=True)
class Control:
    """How an item is asked on a screen. kind: text, date, radios, select or checkboxes. width: characters, or None."""

    item: Item
    kind: str
    hint: str = ""
    width: str | None = None
    inputmode: str | None = None

    @property
    def name(self) -> str:
        """The field's name, which is the item's key: a refusal by the rules finds its field."""
        return self.item.key


def control(item: Item) -> Control:
    """The control of that item."""
    hint = " ".join(_(one) for one in (item.help, _HINTS.get(item.type, "")) if one)
    width, inputmode = _SHAPES.get(item.type, (None, None))
    return Control(item=item, kind=_kind(item), hint=hint, width=width, inputmode=inputmode)


def form_of(fields: dict[str, Any]) -> CarteForm:
    """A form with those fields, filled with what the request sent."""
    # WTForms collects fields from a class: one is made for the items of this page.
    make: Any = type(CarteForm)
    form: CarteForm = make("AnswersForm", (CarteForm,), fields)()
    return form


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """(code, label) pairs as choice fields want them."""
    return [SelectChoice(*pair) for pair in pairs]


def one_of(label: str, choices: type[Choice], *, needed: str) -> Any:
    """Radios for a closed list; a code outside it is refused by the list itself, in French."""
    return RadioField(label, [Needed(needed)], choices=options(choices.pairs()), validate_choice=False)


def field(item: Item, *, value: Any = None, may_be_unknown: bool = True) -> Any:
    """The field of that item, showing `value`. `may_be_unknown`: a closed choice also offers « Non renseigné »."""
    default = editable(item, value)
    kind = _kind(item)
    if kind == "date":
        return DayField(item.label, default=default)
    if kind == "checkboxes":
        return SelectMultipleField(item.label, choices=options(item.choices), default=default, validate_choice=False)
    if kind in ("radios", "select"):
        choices = options([*([_NOT_KNOWN] if may_be_unknown or kind == "select" else []), *_choices(item)])
        make = RadioField if kind == "radios" else SelectField
        return make(item.label, choices=choices, default=default or "", validate_choice=False)
    make_text = EmailField if item.type is ItemType.EMAIL else StringField
    return make_text(item.label, default=default)


def editable(item: Item, value: Any) -> Any:
    """A kept answer as its control shows it, None when there is none."""
    if value is None:
        return None
    if item.type is ItemType.DATE:
        return date.fromisoformat(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if item.type is ItemType.PHONES:
        return ", ".join(shown(item, [number]) for number in value)
    if item.type is ItemType.ROME:
        return " ; ".join(f"{rome_label(code)} ({code})" for code in value)
    return list(value) if isinstance(value, list) else str(value)


def answered(item: Item, given: Field) -> Any:
    """The answer typed in that field, checked; None when it was left empty. `Invalid` names the item."""
    raw = given.data
    if raw in (None, "", []) or (isinstance(raw, str) and not raw.strip()):
        return None
    return check_value(item, _split(item, raw) if isinstance(raw, str) else raw)


def _kind(item: Item) -> str:
    if item.type is ItemType.DATE:
        return "date"
    if item.type is ItemType.CHOICES:
        return "checkboxes"
    if item.type in (ItemType.CHOICE, ItemType.LEVEL, ItemType.YES_NO):
        return "radios" if len(_choices(item)) <= _FEW else "select"
    return "text"


def _choices(item: Item) -> list[tuple[str, str]]:
    yes_no = [("oui", "Oui"), ("non", "Non")] if item.type is ItemType.YES_NO else []
    return [*yes_no, *item.choices]


def _split(item: Item, typed: str) -> Any:
    separator = _SEPARATORS.get(item.type)
    if separator is None:
        return typed
    words = [one.strip() for one in separator.split(western(typed)) if one.strip()]
    return [code for one in words for code in _codes(item, one)] if item.type is ItemType.ROME else words


def _codes(item: Item, typed: str) -> list[str]:
    """The ROME codes written there, else the code of the job of that name; `Invalid` suggests the nearest jobs."""
    if written := _CODE.findall(typed):
        return [code.upper() for code in written]
    wanted = glued(typed)
    same = (code for code, label in rome_jobs().items() if wanted in _names(label))
    if code := next(same, None):
        return [code]
    raise Invalid(_no_such_job(typed), field=item.key)


def _names(label: str) -> set[str]:
    """« Soudeur / Soudeuse » is called by either name, or by both."""
    return {glued(name) for name in (label, *label.split("/"))}


def _no_such_job(typed: str) -> str:
    stems = [word[:_STEM] for word in normalise(typed).split() if len(word) > 2]
    scored = ((_hits(stems, label), code, label) for code, label in rome_jobs().items())
    best = sorted((one for one in scored if one[0]), key=lambda one: (-one[0], one[2]))[:_SUGGESTED]
    if not best:
        return _(
            "Ce métier n’est pas dans la liste. Écrivez son nom autrement, ou son code : une lettre et quatre "
            "chiffres, par exemple N1104."
        )
    jobs = " ; ".join(f"{label} ({code})" for _score, code, label in best)
    return _("Ce métier n’est pas dans la liste. Les plus proches : %(jobs)s.", jobs=jobs)


def _hits(stems: Iterable[str], label: str) -> int:
    words = normalise(label).split()
    return sum(any(word.startswith(stem) for word in words) for stem in stems)


_SHAPES: dict[ItemType, tuple[str | None, str | None]] = {
    ItemType.NUMBER: ("5", "numeric"),
    ItemType.POSTCODE: ("5", "numeric"),
    ItemType.EMAIL: ("30", "email"),
}
