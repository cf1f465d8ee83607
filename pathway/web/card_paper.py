"""Her card as a paper: at the size of a bank card, to be cut out, with plain words on what it opens and on its code."""

from datetime import date

from flask import Response

from pathway.casework.cards.queries import OnPaper
from pathway.casework.cards.rules import PERSONAL_TRIES, spaced_code
from pathway.casework.records.rules import Identity
from pathway.kernel.clock import local_day
from pathway.kernel.ids import spaced_card_number
from pathway.kernel.wording import said_date
from pathway.web.files import attached
from pathway.web.printing import printed, qr_drawing

_NO_CODE = (
    "Vous n’avez pas encore de code personnel. Sans lui, cette carte n’ouvre rien au guichet. "
    "Demandez-le à la structure qui vous accompagne."
)
_BLOCKED = (
    "Votre code personnel est bloqué : trop de mauvais codes ont été essayés. "
    "Demandez une nouvelle carte imprimée à la structure qui vous accompagne."
)


def code_words(paper: OnPaper | None) -> str:
    """Where her personal code is, when the paper does not bear it."""
    if paper is None:
        return _NO_CODE
    if paper.is_closed:
        return _BLOCKED
    day = said_date(local_day(paper.printed_at))
    return f"Votre code personnel est celui qui vous a été donné le {day}. Il n’est pas écrit sur ce papier."


def card_pdf(identity: Identity, *, number: str, on: date, code: str = "", words: str = "", by: str = "") -> Response:
    """The paper, to keep. `code`: the personal code just drawn, else `words` say where it is; `by`: who prints it."""
    data = {
        "name": f"{identity.first_name} {identity.last_name}",
        "number": spaced_card_number(number),
        "qr": qr_drawing(number),
        "made": said_date(on),
        "by": by,
        "code": spaced_code(code) if code else "",
        "words": words,
        "tries": PERSONAL_TRIES,
    }
    return attached(printed("card.typ", data), name="carte-emploi.pdf", media_type="application/pdf")
