"""The thresholds as an operator types them, and a night looked at again for somebody nobody knows."""

from datetime import date, timedelta

import pytest

from pathway.casework.alerts.policy import MEANINGS, NAMES
from pathway.kernel.clock import SystemClock, local_day
from tests.cli.conftest import Desk


@pytest.mark.parametrize("typed", ["gap_days=²", "gap_days=" + "9" * 5000, "gap_days=", "gap_days", "gap_days=3.5"])
def test_a_threshold_that_is_no_number_is_refused_in_words(desk: Desk, typed: str) -> None:
    assert "ne se lit pas" in desk.refusal("alerts", "thresholds", "--set", typed, code=1)


def test_thresholds_count_from_today_or_later_and_within_bounds(desk: Desk) -> None:
    before = desk.answer("alerts", "thresholds")
    yesterday: date = local_day(SystemClock().now()) - timedelta(days=1)
    for wrong in (["gap_days=35", "--from", yesterday.isoformat()], ["gap_days=731"], ["gap_day=35"]):
        desk.refusal("alerts", "thresholds", "--set", *wrong, code=1)
    assert desk.answer("alerts", "thresholds") == before
    assert desk.answer("alerts", "thresholds", "--set", "gap_days=35")["thresholds"]["gap_days"] == 35


def test_every_threshold_says_what_it_counts(desk: Desk) -> None:
    assert tuple(MEANINGS) == NAMES
    assert "jours sans étape suivante (R07)" in desk.run("alerts", "thresholds").output


def test_a_replay_for_somebody_nobody_knows_says_so(desk: Desk) -> None:
    assert desk.run("nightly").exit_code == 0
    today = local_day(SystemClock().now()).isoformat()
    assert desk.answer("alerts", "replay", "--on", today)["same"]
    assert "référence" in desk.refusal("alerts", "replay", "--on", today, "--person", "a" * 26, code=1)
