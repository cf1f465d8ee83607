"""What the demonstration promises to whoever opens it."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest

from pathway.casework.accounts.passwords import check
from pathway.casework.accounts.queries import account_by_login, account_of_record
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.vocabulary import RuleId
from pathway.casework.enrolments.actions import record_entry
from pathway.casework.enrolments.queries import orphan_exits, steps
from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.followup.rules import ContactResult, ExitKind
from pathway.casework.records.names import Query
from pathway.casework.records.queries import found, record_opened, referent_of
from pathway.casework.records.rules import Answer, Fact, Gesture, ReuseState, Way, is_fresh, meter_sentence, reuse
from pathway.casework.schemes.queries import scheme_for_entry
from pathway.casework.sharing.queries import is_visible
from pathway.demo import seed as seeding
from pathway.demo.people import PEOPLE
from pathway.demo.person import DemoPerson
from pathway.demo.personas import AMINA_EMAIL, PASSWORD, PERSONAS
from pathway.demo.seed import COMPLETE, SIGN_INS, Seeded
from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import PARIS
from pathway.kernel.errors import NotFound
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.journal import verify
from pathway.store.opening import read_marks
from pathway.store.transaction import Transaction
from tests.demo.living import live, rows, story
from tests.town import FRIDAY

AMINA = PEOPLE[0]


def record_of(seeded: Seeded, who: DemoPerson) -> str:
    return seeded.lives[who.code].record_id


def reading(seeded: Seeded) -> Transaction:
    return Transaction(seeded.town.store, actor=SYSTEM, clock=seeded.town.clock, door="demo", write=False)


def facts_seen(seeded: Seeded, by: str) -> list[Fact]:
    """Every answer that professional may read today."""
    with seeded.town.acting(by, write=False) as tx:
        seen = [life.record_id for life in seeded.lives.values() if is_visible(tx, life.record_id)]
        return [fact for record_id in seen for fact in record_opened(tx, record_id).facts.values()]


def count(seeded: Seeded, table: str, where: str = "1 = 1") -> int:
    return int(rows(seeded, f"SELECT count(*) FROM {table} WHERE {where}")[0][0])


def test_the_town_is_large_enough_to_look_real(lived: Seeded) -> None:
    assert count(lived, "record") >= 60
    assert (count(lived, "structure"), count(lived, "scheme")) == (10, 12)
    assert count(lived, "scheme_exit") >= 20
    assert count(lived, "point", "state = 'open'") >= 10


def test_its_two_years_end_today_and_nothing_is_dated_later(lived: Seeded) -> None:
    first = rows(lived, "SELECT min(recorded_at) FROM record")[0][0]
    last = rows(lived, "SELECT max(recorded_at) FROM contact_attempt")[0][0]
    assert FRIDAY - datetime.fromisoformat(f"{first}+00:00") > timedelta(days=690)
    assert timedelta(0) < FRIDAY - datetime.fromisoformat(f"{last}+00:00") < timedelta(days=5)


def test_people_work_on_working_days_in_working_hours(lived: Seeded) -> None:
    for table in ("record", "enrolment", "contact_attempt", "scheme_exit"):
        for (at,) in rows(lived, f"SELECT DISTINCT recorded_at FROM {table}"):
            local = datetime.fromisoformat(f"{at}+00:00").astimezone(PARIS)
            assert is_working_day(local.date()), (table, at)
            assert 9 <= local.hour < 18, (table, at)


def test_every_exit_kind_contact_result_and_point_outcome_is_met(lived: Seeded) -> None:
    assert {row[0] for row in rows(lived, "SELECT kind FROM scheme_exit")} == set(ExitKind)
    assert {row[0] for row in rows(lived, "SELECT result FROM contact_attempt")} == set(ContactResult)
    assert {row[0] for row in rows(lived, "SELECT state FROM point")} >= {"open", "done", "not_done"}
    assert count(lived, "point", "state = 'done' AND closed_at > due_on") > 0


def test_nobody_is_left_without_follow_up_and_the_journal_holds(lived: Seeded) -> None:
    with reading(lived) as tx:
        assert orphan_exits(tx) == []
        verified = verify(tx.connection, tx.store.keyring)
    assert verified.entries > 1000
    assert verified.broken == ()


def test_alerts_lived_before_today_given_put_off_dismissed_cleared(lived: Seeded) -> None:
    done = Counter(row[0] for row in rows(lived, "SELECT change FROM alert_change"))
    assert set(done) >= {"opened", "updated", "given", "snoozed", "dismissed", "cleared"}


def test_denis_finds_most_rules_and_amina_one_to_answer(lived: Seeded) -> None:
    with lived.town.acting("denis", write=False) as tx:
        alerts = open_alerts(tx)
    elsewhere = {RuleId.R08, RuleId.R11}
    assert {alert.rule for alert in alerts} >= set(RuleId) - elsewhere
    assert record_of(lived, AMINA) in {alert.record_id for alert in alerts}


def test_bruno_finds_points_overdue_due_today_and_due_this_week(lived: Seeded) -> None:
    with lived.town.acting("bruno", write=False) as tx:
        due = {(point.due_on - tx.today).days for point in work_of_the_day(tx)}
    assert min(due) < 0
    assert 0 in due
    assert max(due) > 0


def test_amina_came_from_the_mission_locale_and_is_now_brunos(lived: Seeded) -> None:
    amina = record_of(lived, AMINA)
    with lived.town.acting("bruno", write=False) as tx:
        path = {step.scheme_id: step for step in steps(tx, amina)}
        referent = referent_of(tx, amina)
    left = path[lived.town.schemes["cej"]].exit
    assert left is not None
    assert left.kind is ExitKind.RELAY
    assert path[lived.town.schemes["pae"]].exit is None
    assert referent is not None
    assert referent.account_id == lived.town.accounts["bruno"]


class _Undone(Exception):
    """Leaves a write without keeping anything."""


def test_entering_amina_in_the_plie_reuses_fourteen_answers_and_asks_three(lived: Seeded) -> None:
    given = {"housing": "tenant", "childcare": "found", "desired_hours": 28}
    with pytest.raises(_Undone), lived.town.acting("bruno") as tx:
        scheme = scheme_for_entry(tx, lived.town.schemes["plie"])
        record = record_opened(tx, record_of(lived, AMINA))
        seen = frozenset(str(section) for section in record.sections)
        proposals = reuse(scheme.requirements, record.facts, visible_sections=seen, on=tx.today)
        states = {one.item.key: one.state for one in proposals}
        gestures = {ReuseState.STALE: Gesture.CHANGED, ReuseState.MISSING: Gesture.ANSWERED}
        answers = [Answer(key=key, value=value, gesture=gestures[states[key]]) for key, value in given.items()]
        entered = record_entry(tx, record_id=record.id, scheme_id=scheme.id, entered_on=tx.today, answers=answers)
        assert meter_sentence(entered.meter) == "14 réponses reprises, 3 questions posées"
        assert Counter(states.values()) == {ReuseState.FRESH: 14, ReuseState.STALE: 1, ReuseState.MISSING: 2}
        raise _Undone


def test_answers_came_in_several_ways_some_stale_some_in_conflict(lived: Seeded) -> None:
    facts = [fact for by in ("bruno", "fatou", "elise", "lucie", "marc") for fact in facts_seen(lived, by)]
    assert {fact.provenance.way for fact in facts} >= {Way.SAID, Way.PROOF, Way.IMPORTED}
    assert sum(not is_fresh(fact, on=FRIDAY.date()) for fact in facts) > 50
    assert any(fact.rivals for fact in facts)


def test_chloe_has_her_own_people_and_learns_nothing_of_amina(lived: Seeded) -> None:
    own = lived.lives["Habib Slimani (chloe)"].record_id
    query = Query(last_name=AMINA.last_name, first_name=AMINA.first_name, birth_date=AMINA.birth_date)
    with lived.town.acting("chloe", write=False) as tx:
        assert record_opened(tx, own).card.identity.first_name == "Habib"
        assert found(tx, query) == []
        with pytest.raises(NotFound):
            record_opened(tx, record_of(lived, AMINA))


def test_everyone_of_the_guides_can_sign_in(lived: Seeded) -> None:
    emails = [AMINA_EMAIL, *(persona.email for persona in PERSONAS)]
    with reading(lived) as tx:
        accounts = [account_by_login(tx, email) for email in emails]
        marks = read_marks(tx.connection)
    assert all(account is not None and check(account.password_hash, PASSWORD) for account in accounts)
    shown = orjson.loads(marks[SIGN_INS])
    assert [one["login"] for one in shown] == emails
    assert all(one["password"] == PASSWORD and one["name"] and one["role"] and one["wants"] for one in shown)
    assert marks[COMPLETE] == FRIDAY.date().isoformat()


def test_somebody_brunos_has_no_account_yet(lived: Seeded) -> None:
    with lived.town.acting("bruno", write=False) as tx:
        yanis = lived.lives["Yanis Aït Slimane (bruno)"].record_id
        assert referent_of(tx, yanis) is not None
        assert account_of_record(tx, yanis) is None
        assert account_of_record(tx, record_of(lived, AMINA)) is not None


def test_the_same_day_gives_the_same_town_on_both_engines(
    monkeypatch: pytest.MonkeyPatch, postgresql_url: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(seeding, "PEOPLE", PEOPLE[::6])  # some of every structure: a life does not depend on the others
    told = []
    for name, url in (("here", ""), ("there", postgresql_url)):
        seeded = live(Settings(CARTE_INSTANCE=tmp_path / name, DATABASE_URL=url, CARTE_TERRITORY="valmer"))
        told.append(story(seeded))
        seeded.town.store.engine.dispose()
    assert told[0] == told[1] and len(told[0]) > 100
