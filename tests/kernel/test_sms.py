import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.sms import Asked, asked_in, is_mobile, sender_of, septets


@pytest.mark.parametrize(("text", "places"), [("", 0), ("été à 14:00 @_", 14), ("{}", 4), ("5€", 3)])
def test_a_message_is_counted_as_phones_count_it(text: str, places: int) -> None:
    assert septets(text) == places


@pytest.mark.parametrize("sign", ["’", "ê", "ç", "«", "\u00a0", "🙂", "—"])
def test_a_sign_phones_may_not_show_is_refused(sign: str) -> None:
    with pytest.raises(ValueError, match="GSM"):
        septets(f"bonjour {sign}")


@pytest.mark.parametrize("number", ["+33612345678", "+33712345678", "+262692123456", "+590690123456", "+596697123456"])
def test_a_french_mobile_takes_messages(number: str) -> None:
    assert is_mobile(number)


@pytest.mark.parametrize(
    "number",
    ["+33212345678", "+33912345678", "0612345678", "+3361234567", "+336123456789", "+32470123456", "+3361234567\n"],
)
def test_no_other_number_does(number: str) -> None:
    assert not is_mobile(number)


@pytest.mark.parametrize(
    "typed",
    [
        *("33612345678", "+33612345678", "0033612345678", "06 12 34 56 78", "06.12.34.56.78", " +33 6 12 34 56 78"),
        *("+33 (0)6 12 34 56 78", "330612345678", "00330612345678"),
    ],
)
def test_the_sender_of_an_answer_is_read_in_every_spelling(typed: str) -> None:
    assert sender_of(typed) == "+33612345678"


def test_an_overseas_sender_is_read_as_records_keep_it() -> None:
    assert sender_of("0692123456") == sender_of("262692123456") == "+262692123456"


@pytest.mark.parametrize("typed", ["", "36180", "SFR", "+", "0", "+0612345678", "١٢٣٤٥٦٧٨٩"])
def test_what_is_no_number_names_nobody(typed: str) -> None:
    assert sender_of(typed) == ""


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOP SMS",
        "Merci de STOP svp",
        "Arrêt",
        "arrêter",
        "ARRETEZ",
        "stop reprendre",
        "« STOP »",
    ],
)
def test_stop_is_heard_however_it_is_said(text: str) -> None:
    assert asked_in(text) is Asked.STOP


@pytest.mark.parametrize("text", ["REPRENDRE", "reprendre.", "Start"])
def test_to_receive_again_the_word_stands_alone(text: str) -> None:
    assert asked_in(text) is Asked.RESUME
    assert asked_in(f"je ne veux pas {text}") is None


@pytest.mark.parametrize("text", ["", "Bonjour, je serai en retard", "ok", "nonstop", "12"])
def test_nothing_else_is_obeyed(text: str) -> None:
    assert asked_in(text) is None


@given(st.text(max_size=200), st.text(max_size=60))
def test_whatever_is_answered_breaks_nothing(text: str, typed: str) -> None:
    assert asked_in(f"{text} stop") is Asked.STOP
    assert sender_of(typed) == "" or sender_of(sender_of(typed)) == sender_of(typed)
