"""Forms that speak French, keep what was typed, and show a refusal beside the field it speaks of."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField, HiddenField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice as SelectChoice  # type: ignore[attr-defined]  # the stubs are one version late
from wtforms.validators import StopValidation, ValidationError

from pathway.casework.intake.cells import holds_nir
from pathway.casework.records.values import read_date, western
from pathway.kernel.errors import Invalid, PathwayError
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.drafts import is_read_again

# Source: loi 78-17, article 30, and décret 2019-341: the NIR is for listed controllers and purposes; none is here.
_NIR = marked(
    "Ce texte semble contenir un numéro de sécurité sociale : la carte n’en garde jamais. Retirez ce numéro, puis "
    "recommencez."
)
_IN_A_ROW = re.compile(r"[0-3][0-9][01][0-9](?:19|20)[0-9]{2}", re.ASCII)


class CarteForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The base of every form. WTForms' own sentences come in French."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        """French messages whatever the browser asks."""

        locales = ("fr",)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a page sent. Flask-WTF would read JSON too, nested at will and with numbers in place of texts."""
            if request.is_json and not isinstance(formdata, MultiDict):
                return None
            return super().wrap_formdata(form, formdata)

    def validate(self, extra_validators: Any = None) -> bool:
        """As WTForms does; no text that somebody typed may hold a social security number; and a form given back to its
        author is never valid: she reads it again, and sends it herself."""
        is_valid = bool(super().validate(extra_validators))
        told = [(top, one) for top in self for one in _typed_in(top) if holds_nir(one.data or "")]
        for top, field in told:
            field.errors = [*field.errors, _(_NIR)]
            if isinstance(top, FieldList):
                top.errors = [_(_NIR)]
        return is_valid and not told and not is_read_again()

    def refuse(self, error: PathwayError) -> None:
        """Show a refusal beside the field it names, else at the top of the form."""
        field = self._fields.get(getattr(error, "field", ""))
        if field is None:
            self.form_errors.append(error.sentence)
        else:
            field.errors = [*field.errors, error.sentence]

    @property
    def has_errors(self) -> bool:
        """Whether anything must be mended, or only read again."""
        return is_read_again() or bool(self.form_errors) or any(field.errors for field in self)


def _typed_in(field: Field) -> Iterator[Field]:
    """Where somebody types in that field: itself, or the lines of a list and the parts of a line."""
    if isinstance(field, FieldList | FormField):
        for one in field.entries if isinstance(field, FieldList) else field.form:
            yield from _typed_in(one)
    elif isinstance(field, StringField) and not isinstance(field, HiddenField | PasswordField):
        yield field


class DayField(StringField):
    """A day typed as JJ/MM/AAAA (or AAAA-MM-JJ); `day` is the date, None when left empty."""

    day: date | None = None

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read the day; the sentence of the refusal says what is wrong with it."""
        super().process_formdata(list(valuelist))
        typed = (self.data or "").strip()
        if not typed:
            self.day = None
            return
        try:
            self.day = read_date(_spaced(western(typed)))
        except Invalid as refusal:
            raise ValueError(refusal.sentence) from None

    def process_data(self, value: Any) -> None:
        """Show a date given by the screen as JJ/MM/AAAA."""
        if isinstance(value, date):
            self.day = value
            value = value.strftime("%d/%m/%Y")
        super().process_data(value)


def read_version(typed: str | None) -> int:
    """The version a hidden field sends back; 0, which fits no row, when it is none."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _spaced(typed: str) -> str:
    """Eight figures in a row are a day typed in a hurry: « 22041991 » is 22/04/1991."""
    return f"{typed[:2]}/{typed[2:4]}/{typed[4:]}" if _IN_A_ROW.fullmatch(typed) else typed


class AtMost:
    """Refuse a text longer than that many characters."""

    def __init__(self, most: int) -> None:
        """The greatest length."""
        self.most = most

    def __call__(self, form: CarteForm, field: Field) -> None:
        """Refuse what is longer, in the language spoken."""
        if len(field.data or "") > self.most:
            raise ValidationError(_("Écrivez %(most)s caractères au plus.", most=self.most))


class Needed:
    """Refuse an empty answer with the sentence of that field."""

    field_flags = {"required": True}  # noqa: RUF012  # WTForms reads this class attribute

    def __init__(self, sentence: str) -> None:
        """The sentence says what to give."""
        self.sentence = sentence

    def __call__(self, form: CarteForm, field: Field) -> None:
        """Refuse when nothing was given."""
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(self.sentence)
