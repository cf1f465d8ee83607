"""She uses her rights: small gestures for the tests, and what each ends with."""

from datetime import date

from sqlalchemy import select

from pathway.casework.rights.actions import answer_request, ask_rectification, ask_restriction, object_to
from pathway.casework.rights.queries import RequestView, own_requests, requests_to_answer
from pathway.casework.rights.rules import RequestWay
from pathway.demo.town import Town
from pathway.store.letter_kinds import LetterKind
from pathway.store.tables import Letter
from tests.town import herself

WAY = RequestWay.ACCOUNT


def limit(town: Town, record_id: str, section: str, item: str = "", text: str = "") -> str:
    """She restricts a section, or one item of it; gives the request's id."""
    with herself(town, record_id) as tx:
        return ask_restriction(tx, record_id=record_id, section=section, item_key=item, text=text, way=WAY)


def rectify(town: Town, record_id: str, text: str = "Mon prénom s’écrit Aminah.") -> str:
    """She asks for a correction; gives the request's id."""
    with herself(town, record_id) as tx:
        return ask_rectification(tx, record_id=record_id, text=text, way=WAY)


def oppose(town: Town, record_id: str, structure: str) -> str:
    """She objects to that structure; gives the request's id."""
    with herself(town, record_id) as tx:
        return object_to(tx, record_id=record_id, structure_id=town.structures[structure], text="", way=WAY)


def answer(town: Town, request_id: str, *, by: str = "denis", granted: bool = True, text: str = "C’est fait.") -> None:
    """The responsable answers as the request stood when it was made."""
    with town.acting(by) as tx:
        answer_request(tx, request_id=request_id, version=1, is_granted=granted, text=text)


def mine(town: Town, record_id: str) -> list[RequestView]:
    """Her requests as she reads them."""
    with herself(town, record_id, write=False) as tx:
        return own_requests(tx)


def waiting(town: Town, by: str = "denis") -> list[RequestView]:
    """What that professional has to answer."""
    with town.acting(by, write=False) as tx:
        return requests_to_answer(tx, page=1, per_page=20)[0]


def letters(town: Town) -> list[str]:
    """The keys of the letters that announce an answer."""
    with town.store.engine.connect() as connection:
        query = select(Letter).where(Letter.kind == LetterKind.RIGHTS_ANSWERED.value)  # type: ignore[arg-type]  # a column to SQL
        return [str(row.key) for row in connection.execute(query)]


def due(town: Town, record_id: str) -> date:
    """The last day of the answer to her newest request."""
    return mine(town, record_id)[0].term.last_day
