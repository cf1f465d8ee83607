"""Placing one person of the territory's queue: calling her, then giving her follow-up to a structure that takes her."""

from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField

from pathway.casework.followup.safety import warning
from pathway.casework.placements.actions import place
from pathway.casework.placements.queries import Taker, Waiting, WaitingPoint, waiting_person
from pathway.casework.records.catalogue import CATALOGUE, shown
from pathway.casework.relays.rules import AgreedWay
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import counted
from pathway.web.answers import options
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.supervisor.queue import short_reference

_NOBODY = SelectChoice("", "Choisir…")
_FOLLOWS = "Structures qui la suivent déjà"
_WITH_HER_YES = "Autres structures, avec son accord"


class PlaceForm(CarteForm):
    """Which structure, and her yes where it does not follow her yet."""

    structure_id = SelectField(
        "Structure qui reprend le suivi", [Needed("Choisissez une structure.")], choices=[], validate_choice=False
    )
    agreed_way = RadioField(
        "Comment la personne a donné son accord", choices=options(AgreedWay.pairs()), validate_choice=False
    )


@dataclass(frozen=True, kw_only=True)
class PlacePage:
    """What the template needs. `name` is empty when she stopped sharing with all: nothing is read of her then."""

    name: str
    reference: str
    phones: list[str]
    careful: list[str]
    points: tuple[WaitingPoint, ...]
    came_from: list[str]
    takers: tuple[Taker, ...]
    follows: list[str]


@allow(Permission.QUEUE_PLACE)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, her points go to that structure's queue."""
    with gate().reading() as tx:
        page = _page(waiting_person(tx, ref))
    form = PlaceForm()
    form.structure_id.choices = _choices(page.takers)
    if form.validate_on_submit():
        said = ""
        with gate().attempt(form) as tx:
            way = AgreedWay.read(form.agreed_way.data, field="agreed_way") if form.agreed_way.data else None
            given = place(tx, record_id=ref, structure_id=form.structure_id.data or "", agreed_way=way)
            said = f"Suivi confié, avec {counted(given, 'point de suivi', 'points de suivi')}."
        if not form.has_errors:
            notify(said)
            return redirect(url_for("supervisor.queue"), 303)
    return render_template("supervisor/place.html", form=form, page=page), 422 if form.has_errors else 200


def _page(one: Waiting) -> PlacePage:
    who = one.identity
    held = [CATALOGUE[key].label for key in sorted(one.cautions.held) if key in CATALOGUE]
    unknown = warning(one.cautions) if who else ""
    return PlacePage(
        name=f"{who.first_name} {who.last_name}" if who else "",
        reference=short_reference(one.record_id),
        phones=[shown(CATALOGUE["phones"], [number]) for number in one.phones],
        careful=[*held, *([unknown] if unknown else [])],
        points=one.points,
        came_from=sorted({point.from_structure for point in one.points if point.from_structure}),
        takers=one.takers,
        follows=[taker.name for taker in one.takers if taker.follows],
    )


def _choices(takers: tuple[Taker, ...]) -> dict[str, list[SelectChoice]]:
    """The structures in two groups; the second asks for her yes."""
    follow = [SelectChoice(one.id, one.name) for one in takers if one.follows]
    others = [SelectChoice(one.id, one.name, {"data-outside": "1"}) for one in takers if not one.follows]
    groups = {"": [_NOBODY], _FOLLOWS: follow, _WITH_HER_YES: others}
    return {label: found for label, found in groups.items() if found}
