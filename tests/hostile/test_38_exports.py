"""Check 38: a counsellor takes out ten thousand rows; nothing leaves, and her responsable knows."""

import pytest
from flask.typing import ResponseReturnValue

from pathway.casework.sharing.permissions import Permission
from pathway.casework.usage.actions import charge_rows
from pathway.casework.usage.queries import room_for_rows
from pathway.casework.usage.rules import Meter, QuotaReached
from pathway.demo.town import Town
from pathway.web.gate import allow, gate
from tests.town import signed_in
from tests.web.supervisor.test_alerts import words
from tests.web.test_quota import acts

MANY = 10_000


@allow(Permission.RECORD_READ)
def export() -> ResponseReturnValue:
    """As any screen that writes a file must begin."""
    with gate().writing() as tx:
        charge_rows(tx, MANY)
        tx.journal("export_rows", rows=MANY)
    return "ligne;" * MANY


def test_ten_thousand_rows_do_not_leave_and_none_is_charged(town: Town) -> None:
    with pytest.raises(QuotaReached) as refused, town.acting("bruno") as tx:
        charge_rows(tx, MANY)
    assert refused.value.reading.meter is Meter.ROWS_DAY
    with town.acting("bruno", write=False) as tx:
        assert room_for_rows(tx) == 1000


def test_nor_in_many_small_files(town: Town) -> None:
    left = 0
    with pytest.raises(QuotaReached):
        for _ in range(MANY // 90):
            with town.acting("bruno") as tx:
                charge_rows(tx, 90)
                tx.journal("export_rows", rows=90)
            left += 90
    assert left == 990


def test_a_screen_that_exports_answers_429_and_the_responsable_is_told(town: Town) -> None:
    client = signed_in(town, "bruno")
    client.application.view_functions["counsellor.search"] = export
    answer = client.post("/recherche")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 429 and "ligne;" not in page
    assert "Nous avons prévenu : Denis Carpentier" in words(page)
    assert (len(acts(town, "quota_reached")), len(acts(town, "export_rows"))) == (1, 0)
    assert "le compte de Bruno Lemaire a demandé 10000 lignes" in words(
        signed_in(town, "denis").get("/alertes").get_data(as_text=True)
    )
    assert "Volume" not in words(signed_in(town, "sylvie").get("/alertes").get_data(as_text=True))
