"""An alert on the record leads to the gesture that clears it, when the reader may make it."""

import pytest

from pathway.casework.alerts.actions import sweep
from pathway.casework.alerts.vocabulary import RuleId
from pathway.demo.town import Town
from pathway.web.counsellor.verbs import Verb, clearing
from tests.town import signed_in
from tests.web.counsellor.scenes import left, valid

EVERY = [Verb(label=one, href="/x", icon="x") for one in ("Contact", "Rendez-vous", "Passer le relais", "Entrée")]
EVERY += [Verb(label=one, href="/x", icon="x") for one in ("Partage", "Référent")]


@pytest.mark.parametrize("rule", list(RuleId))
def test_every_rule_has_its_gesture_said_as_a_verb(rule: RuleId) -> None:
    found = clearing(rule, EVERY)
    assert found is not None and found.label.split()[0] in ("Noter", "Prévoir", "Passer", "Enregistrer", "Choisir")


def test_a_gesture_that_is_not_offered_is_not_proposed() -> None:
    assert clearing(RuleId.R11, EVERY[:2]) is None


def test_the_alert_on_a_record_leads_to_what_clears_it(sqlite_town: Town) -> None:
    ref, _step = left(sqlite_town, days_ago=30)
    with sqlite_town.acting("denis") as tx:
        sweep(tx, [ref], on=tx.today)
        tx.journal("nightly")
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    alerts = page.partition('id="alerts"')[2].partition("</section>")[0]
    assert f'href="/dossiers/{ref}/contact"' in alerts or f'href="/dossiers/{ref}/entree"' in alerts
