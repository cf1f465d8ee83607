"""« Importer des personnes »: for which structure, from which file. Nobody is brought in yet."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import SelectField

from pathway.casework.intake.receiving import LARGEST_UPLOAD, TOO_HEAVY, ReadFile, read_file, receive_file
from pathway.casework.partners.queries import every_structure
from pathway.casework.partners.rules import StructureKind
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import PathwayError
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.uploads import takes_file

MOST_MB = LARGEST_UPLOAD // 1024**2


class ImportForm(CarteForm):
    """The structure and the file."""

    structure = SelectField("Structure", [Needed("Choisissez la structure.")], validate_choice=False)
    file = FileField(
        "Fichier",
        [Needed("Choisissez un fichier.")],
        description=f"CSV, XLSX ou ODS, {MOST_MB} Mo au plus. La première ligne donne les titres des colonnes ; "
        "ensuite, une ligne par personne.",
    )

    def read(self) -> ReadFile | None:
        """The file gone through; None after a refusal, said beside it."""
        try:
            return read_file(self.file.data.read(), name=self.file.data.filename or "")
        except PathwayError as refusal:
            self.refuse(refusal)
            return None


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """What the template needs. `has_structures`: whether there is one that may follow people."""

    has_structures: bool
    is_file_lost: bool
    most: int = LARGEST_UPLOAD
    too_heavy: str = TOO_HEAVY


@allow(Permission.PEOPLE_IMPORT)
@takes_file(LARGEST_UPLOAD)
def view() -> ResponseReturnValue:
    """Show the form; on POST, go through the file and keep it sealed."""
    form = ImportForm()
    choices = _structures()
    form.structure.choices = [SelectChoice("", "Choisissez…"), *choices]
    if request.method == "POST" and form.validate():
        found = form.read()  # outside any transaction: it takes seconds
        ref = _received(form, found) if found else ""
        if ref:
            step = "operator.import_sheet" if found and len(found.sheets) > 1 else "operator.import_columns"
            return redirect(url_for(step, ref=ref), 303)
    page = NewPage(has_structures=bool(choices), is_file_lost=form.has_errors and not form.file.errors)
    return render_template("operator/import_new.html", form=form, page=page), 422 if form.has_errors else 200


def _structures() -> list[Any]:
    with gate().reading() as tx:
        found = every_structure(tx)
        tx.journal("read_structures", count=len(found))
    return [
        SelectChoice(one.id, f"{one.name} ({one.code})") for one in found if one.kind is not StructureKind.TERRITORY
    ]


def _received(form: ImportForm, read: ReadFile) -> str:
    ref = ""
    with gate().attempt(form) as tx:
        ref = receive_file(tx, structure_id=form.structure.data or "", read=read)
    return ref
