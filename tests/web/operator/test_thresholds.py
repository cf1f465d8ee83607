import re
from datetime import date, timedelta
from typing import Any

from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY, MEANINGS, NAMES, thresholds
from pathway.casework.alerts.precision import Outcome, would_have
from pathway.casework.alerts.vocabulary import NoticeId, RuleId
from pathway.casework.schemes.rules import Intensity
from pathway.demo.town import Town
from pathway.web.operator.thresholds import heading_of, label_of
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words

PATH = "/reglages/alertes"


def send(town: Town, *, seen: str = DEFAULT_ALERT_POLICY.version, **changes: Any) -> str:
    known = {name: str(value) for name, value in thresholds(DEFAULT_ALERT_POLICY).items()}
    sent = {**known, "seen": seen, "from_on": "20/11/2026", **changes}
    return words(signed_in(town, "root").post(PATH, data=sent, follow_redirects=True).get_data(as_text=True))


def test_thresholds_are_read_again_then_published_for_the_nights_to_come(town: Town) -> None:
    page = send(town, gap_days="35")
    assert re.search(r"28 (?:Après )?35", page) and "en six mois" in page
    assert rows(town.store, "alert_policy_version") == []
    assert "Seuils publiés" in send(town, gap_days="35", publish="yes")
    with town.acting("root", write=False) as tx:
        assert policy_on(tx, tx.today).gap_days == 35
    assert "dès le 20 novembre 2026" in said(signed_in(town, "root"), PATH)


def test_the_version_of_before_comes_back_as_a_new_one(town: Town) -> None:
    send(town, gap_days="35", publish="yes")
    town.clock.move(timedelta(minutes=1))  # type: ignore[attr-defined]  # the tests' clock moves
    page = signed_in(town, "root").get(f"{PATH}?before=1").get_data(as_text=True)
    field = re.search(r'<input[^>]*name="gap_days"[^>]*>', page)
    assert field and 'value="28"' in field[0]
    assert "Seuils publiés" in send(town, seen="2026-11-20.1", publish="yes")
    with town.acting("root", write=False) as tx:
        assert policy_on(tx, tx.today).gap_days == 28
    assert len(rows(town.store, "alert_policy_version")) == 2


def test_what_cannot_be_is_refused_with_what_was_typed(sqlite_town: Town) -> None:
    assert "Écrivez un nombre de 1 à 730" in send(sqlite_town, gap_days="mille", publish="yes")
    assert "Rien ne change" in send(sqlite_town, publish="yes")
    assert "n’est pas une alerte" in send(sqlite_town, stopped_times="1", publish="yes")
    assert "changés ailleurs" in send(sqlite_town, seen="2025-1", gap_days="35", publish="yes")
    assert "Les nuits passées gardent leurs seuils" in send(
        sqlite_town, gap_days="35", from_on="19/11/2026", publish="yes"
    )
    assert rows(sqlite_town.store, "alert_policy_version") == []


def test_all_that_is_wrong_is_said_at_once(sqlite_town: Town) -> None:
    page = send(sqlite_town, overdue_days="x", gap_days="", from_on="hier")
    assert page.count("Jours de retard d’un point de suivi : Écrivez un nombre") == 1
    assert page.count("Jours sans étape suivante : Écrivez un nombre") == 1 and "Cette date ne se lit pas." in page


def test_silence_is_counted_in_the_words_of_the_intensity_of_a_scheme() -> None:
    for one in Intensity:
        assert one.label.lower() in MEANINGS[f"silent_{one.value}_days"], one


def test_an_alert_whose_cause_was_over_sooner_would_not_have_opened() -> None:
    def gap(days: int) -> Outcome:
        begun = date(2026, 1, 1)
        over = date.fromordinal(begun.toordinal() + days)
        return Outcome(
            rule=RuleId.R07, structure_id="pae", opened_on=begun, threshold="gap_days", since_on=begun, over_on=over
        )

    assert would_have([gap(30), gap(40), gap(60)], "gap_days", 40) == (3, 1)
    assert would_have([gap(30)], "overdue_days", 40) == (0, 0)


def test_nobody_else_writes_them(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, PATH, "GET", "POST")


def test_each_threshold_stands_under_the_words_of_its_alert(sqlite_town: Town) -> None:
    codes = {one.label: one.value for one in (*RuleId, *NoticeId)}
    for name in NAMES:
        told = re.search(r"[RN][0-9]{2}", MEANINGS[name])
        assert codes.get(heading_of(name), "") == (told[0] if told else ""), name
        assert not re.search(r"[RN][0-9]{2}", label_of(name)), name
    page = signed_in(sqlite_town, "root").get(PATH).get_data(as_text=True)
    groups = re.findall(r"<fieldset.*?</fieldset>", page, re.DOTALL)
    assert len(groups) == len({heading_of(name) for name in NAMES})
    late = next(group for group in groups if "<h2>Point de suivi en retard</h2>" in group)
    assert re.findall(r'<input[^>]* name="([a-z_]+)"', late) == ["overdue_days", "overdue_responsable_days"]


def test_what_changes_is_said_under_the_words_of_its_alert(sqlite_town: Town) -> None:
    assert "Plusieurs rendez-vous non tenus : jours pendant lesquels on les compte" in send(
        sqlite_town, missed_within_days="90"
    )
