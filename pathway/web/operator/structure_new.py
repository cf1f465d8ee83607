"""A new structure: its code, its name, what it is; sensitive or not, which is said once."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from pathway.casework.lifecycle.changes import open_structure
from pathway.casework.partners.rules import (
    LONGEST_CODE,
    ORDINARY_KINDS,
    SensitiveKind,
    StructureKind,
    read_code,
    read_name,
)
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Conflict, Invalid, PathwayError
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_KINDS = {kind.value: kind for kind in (*ORDINARY_KINDS, *SensitiveKind)}
_CHOICES = (
    SelectChoice("", "Choisissez…"),
    *(SelectChoice(kind.value, kind.label, optgroup="Structures ordinaires") for kind in ORDINARY_KINDS),
    *(SelectChoice(kind.value, kind.label, optgroup="Structures sensibles : scellées") for kind in SensitiveKind),
)


class StructureForm(CarteForm):
    """What a structure is called, and what it is."""

    name = StringField("Nom", [Needed("Écrivez le nom de la structure.")])
    kind = SelectField("Genre", [Needed("Choisissez ce qu’est la structure.")], choices=_CHOICES, validate_choice=False)
    code = StringField(
        "Code",
        [Needed("Écrivez un code.")],
        description="Les fichiers et les commandes l’appellent ainsi. Minuscules sans accent, chiffres, tirets : "
        f"{LONGEST_CODE} signes au plus. Il ne change plus ensuite. Exemple : pae-nord",
    )

    def validate_name(self, field: StringField) -> None:
        """Keep the name as it will be kept."""
        _kept(field, read_name)

    def validate_code(self, field: StringField) -> None:
        """Keep the code as it will be kept."""
        _kept(field, read_code)

    def validate_kind(self, field: SelectField) -> None:
        """Refuse a kind that is not offered here."""
        if field.data not in _KINDS:
            raise ValidationError("Choisissez ce qu’est la structure dans la liste.")

    def refuse(self, error: PathwayError) -> None:
        """A code already taken is said beside the code."""
        super().refuse(Invalid(error.sentence, field="code") if isinstance(error, Conflict) else error)


@allow(Permission.STRUCTURES_KEEP)
def view() -> ResponseReturnValue:
    """Show the form; on POST, open the structure."""
    form = StructureForm()
    if request.method == "POST" and form.validate():
        structure_id = _opened(form)
        if not form.has_errors:
            notify("Structure ajoutée. Invitez maintenant son ou sa responsable.")
            return redirect(url_for("operator.structure", ref=structure_id), 303)
    return render_template("operator/structure_new.html", form=form), 422 if form.has_errors else 200


def _opened(form: StructureForm) -> str:
    kind: StructureKind | SensitiveKind = _KINDS[form.kind.data]
    structure_id = ""
    with gate().attempt(form) as tx:
        structure_id = open_structure(tx, code=form.code.data or "", name=form.name.data or "", kind=kind)
    return structure_id


def _kept(field: StringField, read: Callable[[str], str]) -> None:
    try:
        field.data = read(field.data or "")
    except Invalid as refusal:
        raise ValidationError(refusal.sentence) from None
