from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.accounts.rules import CODE_ALPHABET, FAILURES_FADE, FREE_FAILURES, block_after
from pathway.casework.cards.rules import SHOWN_LENGTH, VISIT_SECTIONS, read_code, spaced_code, visit_ends_at
from pathway.casework.partners.rules import Role
from pathway.casework.records.rules import Section
from pathway.kernel.clock import PARIS
from tests.town import FRIDAY

CODES = st.text(CODE_ALPHABET, min_size=SHOWN_LENGTH, max_size=SHOWN_LENGTH)


@pytest.mark.parametrize(
    ("begun", "ends"),
    [
        ("2026-11-20T09:00", "2026-11-20T23:00"),
        ("2026-11-20T22:59:59", "2026-11-20T23:00"),
        ("2026-11-20T23:00", "2026-11-21T23:00"),
        ("2026-03-28T23:00", "2026-03-29T22:00"),  # the day of 23 hours
        ("2026-10-24T22:00", "2026-10-25T23:00"),  # the day of 25 hours
        ("2026-07-14T12:00", "2026-07-14T22:00"),
    ],
)
def test_a_visit_ends_at_the_midnight_of_paris_whatever_the_season(begun: str, ends: str) -> None:
    at = datetime.fromisoformat(begun).replace(tzinfo=UTC)
    assert visit_ends_at(at) == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@given(st.timedeltas(timedelta(days=-2000), timedelta(days=5000)).map(lambda step: FRIDAY + step))
def test_a_visit_ends_within_the_day_it_began(begun: datetime) -> None:
    ends = visit_ends_at(begun)
    assert begun < ends <= begun + timedelta(hours=25)
    assert (ends - timedelta(microseconds=1)).astimezone(PARIS).date() == begun.astimezone(PARIS).date()


def test_a_visit_opens_information_and_pathway_to_those_who_follow_people_and_to_nobody_else() -> None:
    told = {section.value for section in Section if section is not Section.HEALTH} | {"pathway"}
    assert {role: set(held) for role, held in VISIT_SECTIONS.items()} == {Role.COUNSELLOR: told, Role.SUPERVISOR: told}
    assert not {"health", "followup", "alerts"} & told


@given(CODES)
def test_a_code_is_read_however_it_is_typed_or_scanned(code: str) -> None:
    for typed in (
        code,
        code.lower(),
        spaced_code(code),
        f" {code} ",
        f"https://carte.exemple.fr/presenter-la-carte#{code}",
    ):
        assert read_code(typed) == code


def test_an_account_makes_under_180_tries_a_day() -> None:
    """The best way round the brake: some tries, then an hour of rest, all day long."""
    best = 0.0
    for tries in range(1, 20):
        blocks = [block_after(n, free=FREE_FAILURES, now=FRIDAY) or FRIDAY for n in range(1, tries)]
        spent = sum((until - FRIDAY for until in blocks), timedelta()) + FAILURES_FADE
        best = max(best, tries * (timedelta(days=1) / spent))
    assert best < 180
    assert len(CODE_ALPHABET) ** SHOWN_LENGTH / (best * 200) > 24_000
