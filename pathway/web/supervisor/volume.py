"""Unusual volumes of the structure's own accounts, named because she is their responsable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wtforms import RadioField

from pathway.casework.partners.queries import staff_names
from pathway.casework.usage.queries import Volume, open_volumes
from pathway.casework.usage.rules import CheckReason, Level, said_use
from pathway.kernel.clock import local_day
from pathway.kernel.wording import of_name, said_date, said_instant
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed, SelectChoice


class CheckForm(CarteForm):
    """What she found."""

    reason = RadioField(
        "Qu’avez-vous constaté ?",
        choices=[SelectChoice(*pair) for pair in CheckReason.pairs()],
        validators=[Needed("Dites ce que vous avez constaté.")],
    )


@dataclass(frozen=True, kw_only=True)
class VolumeItem:
    """One unusual volume as the page shows it. `is_own`: it is the reader's, who cannot settle it herself."""

    id: str
    sentence: str
    who: str
    level: str
    told_at: datetime
    facts: tuple[str, ...]
    form: CheckForm
    is_checking: bool
    is_own: bool


def volume_items(tx: Transaction, refused_id: str, refused: CarteForm | None) -> tuple[VolumeItem, ...]:
    """The volumes nobody looked into yet; the one whose gesture was refused keeps its form."""
    volumes = open_volumes(tx)
    names = staff_names(tx, {one.account_id for one in volumes})
    return tuple(_item(tx, one, names, refused if one.id == refused_id else None) for one in volumes)


def _item(tx: Transaction, volume: Volume, names: Mapping[str, str], refused: CarteForm | None) -> VolumeItem:
    form = refused if isinstance(refused, CheckForm) else CheckForm(formdata=None)
    form.reason.id = f"reason-{volume.id}"
    form.reason.label.field_id = form.reason.id
    who = f"le compte {of_name(names.get(volume.account_id, 'une personne'))}" if volume.account_id else "la structure"
    blocked = ("La limite est atteinte : la suite a été refusée.",) if volume.level is Level.REACHED else ()
    day = local_day(volume.told_at)
    when = "aujourd’hui" if day == tx.today else f"le {said_date(day)}"
    return VolumeItem(
        id=volume.id,
        sentence=f"Volume inhabituel : {who} a {said_use(volume.meter, volume.count, when=when)}",
        who=who,
        level="high" if volume.level is Level.REACHED else "medium",
        told_at=volume.told_at,
        facts=(f"La limite est de {volume.budget}.", *blocked, f"Signalé le {said_instant(volume.told_at)}."),
        form=form,
        is_checking=refused is not None,
        is_own=volume.account_id == tx.actor.account_id,
    )
