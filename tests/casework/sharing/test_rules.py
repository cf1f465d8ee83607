from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.rules import PARTS, Access, Cause, Grant, access_from
from tests.town import FRIDAY

CODES = sorted({section.value for section in Section} | PARTS)
GRANTS = st.lists(
    st.builds(
        Grant,
        cause=st.sampled_from(list(Cause)),
        sections=st.frozensets(st.sampled_from(CODES)),
        until_at=st.none() | st.integers(1, 400).map(lambda days: FRIDAY + timedelta(days=days)),
    ),
    max_size=4,
)
PAIRS = [(one.section.value, key) for key, one in CATALOGUE.items()] + [(section.value, "") for section in Section]
HIDDEN = st.lists(st.sampled_from(PAIRS), max_size=4)

NOTHING = Access(sections=frozenset(), is_own_only=True, may_write=False, may_enter=False)


def seen(grants: list[Grant], *, is_withdrawn: bool = False, hidden: list[tuple[str, str]] | None = None) -> Access:
    return access_from(grants, is_withdrawn=is_withdrawn, hidden=hidden or []) or NOTHING


def never_grows(after: Access, before: Access) -> bool:
    return (
        after.sections <= before.sections
        and after.hidden_items >= before.hidden_items
        and after.is_own_only >= before.is_own_only
        and after.may_write <= before.may_write
        and after.may_enter <= before.may_enter
        if after is not NOTHING
        else True
    )


@given(GRANTS, HIDDEN)
def test_what_is_seen_is_the_union_of_what_live_grants_open_less_what_is_hidden(
    grants: list[Grant], hidden: list[tuple[str, str]]
) -> None:
    union = {code for one in grants for code in one.sections}
    assert seen(grants, hidden=hidden).sections == union - {section for section, item in hidden if not item}


@given(GRANTS, HIDDEN)
def test_a_stop_never_lets_see_more(grants: list[Grant], hidden: list[tuple[str, str]]) -> None:
    assert never_grows(seen(grants, is_withdrawn=True, hidden=hidden), seen(grants, hidden=hidden))


@given(GRANTS, HIDDEN, st.booleans(), st.data())
def test_the_end_of_a_grant_never_lets_see_more(
    grants: list[Grant], hidden: list[tuple[str, str]], is_withdrawn: bool, data: st.DataObject
) -> None:
    left = data.draw(st.lists(st.sampled_from(grants), unique_by=id)) if grants else []
    before = seen(grants, is_withdrawn=is_withdrawn, hidden=hidden)
    assert never_grows(seen(left, is_withdrawn=is_withdrawn, hidden=hidden), before)


@given(GRANTS, HIDDEN, st.sampled_from(PAIRS), st.booleans())
def test_hiding_one_more_thing_never_lets_see_more(
    grants: list[Grant], hidden: list[tuple[str, str]], more: tuple[str, str], is_withdrawn: bool
) -> None:
    before = seen(grants, is_withdrawn=is_withdrawn, hidden=hidden)
    assert never_grows(seen(grants, is_withdrawn=is_withdrawn, hidden=[*hidden, more]), before)


@given(GRANTS)
def test_after_a_stop_only_a_lasting_support_is_left_and_it_reads_its_own_alone(grants: list[Grant]) -> None:
    left = access_from(grants, is_withdrawn=True, hidden=[])
    lasting = [one for one in grants if one.cause is Cause.SUPPORT and one.until_at is None]
    assert (left is None) == (not lasting)
    assert left is None or (left.is_own_only and left.causes == {Cause.SUPPORT})
