"""What somebody who holds the base without its keys reads and puts back."""

from pathway.kernel.errors import Sealed
from pathway.store.opening import Store
from tests.store.hands import opened

SECTION = "SELECT seq, blob FROM sealed_section WHERE subject_id = :it AND section = :name"
KEY = "SELECT wrapped, seal, seals_used FROM data_key WHERE subject_id = :it"
PUT_SECTION = "UPDATE sealed_section SET seq = :seq, blob = :blob WHERE subject_id = :it AND section = :name"
PUT_KEY = "UPDATE data_key SET wrapped = :wrapped, seal = :seal, seals_used = :seals_used WHERE subject_id = :it"
TWO = {"card": {"name": "Amina"}, "contact": {"phone": "06"}}


def refused(store: Store, subject: str, section: str = "card") -> bool:
    """Whether that section does not open."""
    try:
        opened(store, subject, section)
    except Sealed:
        return True
    return False
