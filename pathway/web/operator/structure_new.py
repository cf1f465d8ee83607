"""A new structure: its code, its name, what it is; then read again, sensitive or not, before it is there."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import ValidationError

from pathway.casework.lifecycle.changes import open_structure
from pathway.casework.partners.queries import has_structure, namesake
from pathway.casework.partners.rules import LONGEST_CODE, SensitiveKind, read_code, read_name, tells
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Conflict, Invalid, PathwayError
from pathway.web.forms import Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.operator.structure_form import CHOICES, IS_ANOTHER, KINDS, AddressForm, same_name

_CHOICES = (SelectChoice("", "Choisissez…"), *CHOICES)
_TAKEN = "Une structure porte déjà ce code. Choisissez-en un autre."


class StructureForm(AddressForm):
    """What a structure is called, what it is, and where it receives."""

    name = StringField("Nom", [Needed("Écrivez le nom de la structure.")])
    kind = SelectField("Genre", [Needed("Choisissez ce qu’est la structure.")], choices=_CHOICES, validate_choice=False)
    code = StringField(
        "Code",
        [Needed("Écrivez un code.")],
        description="Les fichiers et les commandes l’appellent ainsi. Minuscules sans accent, chiffres, tirets : "
        f"{LONGEST_CODE} signes au plus. Il ne change plus ensuite. Exemple : pae-nord",
    )
    is_another = BooleanField(IS_ANOTHER)

    def validate_name(self, field: StringField) -> None:
        """Keep the name as it will be kept."""
        _kept(field, read_name)

    def validate_code(self, field: StringField) -> None:
        """Keep the code as it will be kept."""
        _kept(field, read_code)

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that is not offered here."""
        if field.data not in KINDS:
            raise ValidationError("Choisissez ce qu’est la structure dans la liste.")

    def refuse(self, error: PathwayError) -> None:
        """A code already taken is said beside the code."""
        super().refuse(Invalid(error.sentence, field="code") if isinstance(error, Conflict) else error)


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What is read again before the structure is there. `is_telling`: its code seems to say what it is."""

    name: str
    code: str
    kind: str
    address: str
    is_sensitive: bool
    is_telling: bool


@allow(Permission.STRUCTURES_KEEP)
def view() -> ResponseReturnValue:
    """Show the form; on POST, what was typed, read again; then open the structure."""
    form = StructureForm()
    if request.method != "POST" or "back" in request.form:
        return _form(form, "")
    form.validate()
    form.read_where(form.kind.data)
    same = _known_already(form)
    if not form.has_errors and "publish" not in request.form:
        return render_template("operator/structure_review.html", form=form, one=_reviewed(form))
    structure_id = "" if form.has_errors else _opened(form)
    if form.has_errors:
        return _form(form, same)
    notify("Structure ajoutée. Invitez maintenant son ou sa responsable.")
    return redirect(url_for("operator.structure", ref=structure_id), 303)


def _form(form: StructureForm, same: str) -> ResponseReturnValue:
    """`same`: the structure that has the name typed already, if there is one."""
    is_asked = bool(same or form.is_another.data)
    status = 422 if form.has_errors else 200
    return render_template("operator/structure_new.html", form=form, asks_another=is_asked), status


def _known_already(form: StructureForm) -> str:
    """The structure that has that name, after a refusal of its code or its name where one is due."""
    with gate().reading() as tx:
        is_taken = has_structure(tx, form.code.data or "")
        same = namesake(tx, form.name.data or "")
        tx.journal("read_structures", count=int(is_taken or bool(same)))
    if is_taken:
        form.refuse(Conflict(_TAKEN))
    if same and not form.is_another.data:
        form.refuse(same_name(same))
    return same


def _reviewed(form: StructureForm) -> Reviewed:
    name, code, kind = form.name.data or "", form.code.data or "", KINDS[form.kind.data]
    is_secret = isinstance(kind, SensitiveKind)
    return Reviewed(
        name=name,
        code=code,
        kind=kind.label,
        address=form.address.data or "",
        is_sensitive=is_secret,
        is_telling=is_secret and tells(code, name),
    )


def _opened(form: StructureForm) -> str:
    structure_id = ""
    with gate().attempt(form) as tx:
        structure_id = open_structure(
            tx,
            code=form.code.data or "",
            name=form.name.data or "",
            kind=KINDS[form.kind.data],
            address=form.address.data or "",
        )
    return structure_id


def _kept(field: StringField, read: Callable[[str], str]) -> None:
    try:
        field.data = read(field.data or "")
    except Invalid as refusal:
        raise ValidationError(refusal.sentence) from None
