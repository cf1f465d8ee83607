"""She decides: her own transactions, and what each structure sees of her afterwards."""

from pathway.casework.agreements.actions import (
    give_agreement,
    hide_part,
    share_again,
    show_part,
    stop_sharing,
)
from pathway.casework.agreements.queries import Sharing, sharing_of
from pathway.casework.sharing.queries import access_of
from pathway.casework.sharing.rules import Access
from pathway.demo.town import Town
from pathway.kernel.errors import NotFound
from tests.town import herself


def agree(town: Town, record_id: str, structure: str, *sections: str, months: int = 12) -> str:
    """She lets that structure see those sections; gives the agreement's id."""
    with herself(town, record_id) as tx:
        where = town.structures[structure]
        return give_agreement(tx, record_id=record_id, structure_id=where, sections=sections, months=months)


def stop(town: Town, record_id: str, structure: str = "") -> None:
    """She stops sharing with that structure, or with all."""
    with herself(town, record_id) as tx:
        stop_sharing(tx, record_id=record_id, structure_id=town.structures[structure] if structure else "")


def resume(town: Town, record_id: str, structure: str) -> None:
    """She shares again with that structure."""
    with herself(town, record_id) as tx:
        share_again(tx, record_id=record_id, structure_id=town.structures[structure])


def hide(town: Town, record_id: str, structure: str, section: str, item: str = "") -> None:
    """She hides a section, or one item of it, from that structure."""
    with herself(town, record_id) as tx:
        hide_part(tx, record_id=record_id, structure_id=town.structures[structure], section=section, item_key=item)


def show(town: Town, record_id: str, structure: str, section: str, item: str = "") -> None:
    """She shows it again."""
    with herself(town, record_id) as tx:
        show_part(tx, record_id=record_id, structure_id=town.structures[structure], section=section, item_key=item)


def seen(town: Town, record_id: str, by: str) -> Access | None:
    """What that professional may open of her now, or None."""
    with town.acting(by, write=False) as tx:
        try:
            return access_of(tx, record_id)
        except NotFound:
            return None


def sharing(town: Town, record_id: str) -> dict[str, Sharing]:
    """What she reads of every structure, by its name."""
    with herself(town, record_id, write=False) as tx:
        return {one.name: one for one in sharing_of(tx, record_id)}
