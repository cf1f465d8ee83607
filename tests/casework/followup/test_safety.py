import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.followup.safety import (
    NO_MESSAGE,
    PROTECTED,
    SHARED,
    UNKNOWN,
    Cautions,
    cautions_of,
    channels,
    may_write,
    refusal,
    results,
    warning,
)
from pathway.casework.records.actions import edit_section
from pathway.casework.records.rules import Section, Way
from pathway.demo.town import Town
from pathway.kernel.errors import Refused
from tests.casework.enrolments.steps import rows
from tests.town import welcome

HELD = st.frozensets(st.sampled_from([NO_MESSAGE, SHARED, PROTECTED]))
PREFERRED = st.sampled_from(["", "call", "sms", "email", "post", "in_person"])


@given(held=HELD, preferred=PREFERRED)
def test_what_is_not_offered_is_refused_and_a_way_is_always_left(held: frozenset[str], preferred: str) -> None:
    cautions = cautions_of(held=held, answered=held, preferred=preferred)
    offered = channels(cautions)
    assert Channel.PHONE in offered and Channel.OFF_PLATFORM in offered
    for channel in set(Channel) - set(offered):
        assert refusal(cautions, channel, ContactResult.REACHED)
    for result in set(ContactResult) - set(results(cautions)):
        assert refusal(cautions, Channel.PHONE, result)
    assert not refusal(cautions, Channel.VISIT, ContactResult.REACHED)  # a meeting that took place is never hidden


@given(channel=st.sampled_from(Channel), result=st.sampled_from(ContactResult), held=HELD)
def test_no_trace_is_left_where_somebody_else_would_find_it(
    channel: Channel, result: ContactResult, held: frozenset[str]
) -> None:
    is_refused = bool(refusal(Cautions(held=held, are_known=True), channel, result))
    silent = held & {NO_MESSAGE, SHARED}
    if silent and (channel is Channel.SMS or result is ContactResult.MESSAGE_LEFT):
        assert is_refused
    if PROTECTED in held and channel is Channel.POST:
        assert is_refused
    if not held:
        assert not is_refused


def test_unknown_wishes_are_met_with_care() -> None:
    asked = cautions_of(held=frozenset(), answered={NO_MESSAGE})
    never = cautions_of(held=frozenset(), answered={"phones"})
    assert (warning(asked), may_write(asked)) == ("", True)
    assert (warning(never), may_write(never)) == (UNKNOWN, False)


@given(preferred=PREFERRED)
def test_her_preferred_channel_comes_first_unless_it_could_harm_her(preferred: str) -> None:
    known = {"sms": Channel.SMS, "email": Channel.EMAIL, "post": Channel.POST, "in_person": Channel.VISIT}
    free = Cautions(are_known=True, preferred=preferred)
    assert channels(free)[0] is known.get(preferred, Channel.PHONE)
    shared = Cautions(held=frozenset({SHARED}), are_known=True, preferred="sms")
    assert channels(shared)[0] is Channel.PHONE


@pytest.mark.parametrize(
    ("caution", "channel", "result", "field"),
    [
        (NO_MESSAGE, Channel.PHONE, ContactResult.MESSAGE_LEFT, "result"),
        (SHARED, Channel.SMS, ContactResult.NO_ANSWER, "channel"),
        (PROTECTED, Channel.POST, ContactResult.NO_ANSWER, "channel"),
        (PROTECTED, Channel.VISIT, ContactResult.NO_ANSWER, "channel"),
    ],
)
def test_the_action_refuses_what_could_harm_her(
    town: Town, caution: str, channel: Channel, result: ContactResult, field: str
) -> None:
    amina = welcome(town)
    with town.acting("bruno") as tx:
        edit_section(tx, record_id=amina, section=Section.CONTACT, values={caution: "oui"}, seq=1, way=Way.SAID)
    with pytest.raises(Refused) as refused, town.acting("bruno") as tx:
        record_contact(tx, record_id=amina, channel=channel, result=result, made_on=tx.today)
    assert refused.value.field == field
    assert rows(town.store, "contact_attempt") == []
    with town.acting("bruno") as tx:
        record_contact(tx, record_id=amina, channel=Channel.PHONE, result=ContactResult.NO_ANSWER, made_on=tx.today)
    assert len(rows(town.store, "contact_attempt")) == 1


def test_a_preferred_sms_comes_first_only_once_it_is_known_to_be_safe() -> None:
    unknown = cautions_of(held=frozenset(), answered=frozenset(), preferred="sms")
    known = cautions_of(held=frozenset(), answered=frozenset({"no_message"}), preferred="sms")
    assert channels(unknown)[0] is not Channel.SMS
    assert channels(known)[0] is Channel.SMS
