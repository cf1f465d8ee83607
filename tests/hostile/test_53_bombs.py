"""Check 53: JSON nested, endless or ambiguous, forms of a hundred thousand parts, packed bodies, swollen workbooks."""

import gzip
import resource
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import orjson
import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from pathway.web.sms_replies import PATH
from tests.casework.enrolments.steps import rows
from tests.hostile.test_51_uploads import packed
from tests.town import signed_in, web
from tests.web.test_sms_replies import RIGHT, opened, stopped

DEEP = 100_000
MANY = 1_000_000
NUMBER = "33612345678"
SHORT = 12_000  # what that door lets through whole: it is the parser that must hold then
BODIES: dict[str, Callable[[], str]] = {
    "nested lists": lambda: "[" * DEEP + "]" * DEEP,
    "nested lists, let through": lambda: "[" * (SHORT // 2) + "]" * (SHORT // 2),
    "nested objects": lambda: '{"from":' * (SHORT // 9) + "1" + "}" * (SHORT // 9),
    "nesting never closed": lambda: "[" * SHORT,
    "a million keys": lambda: "{" + ",".join(f'"{key}":1' for key in range(MANY)) + "}",
    "keys, let through": lambda: "{" + ",".join(f'"{key}":1' for key in range(1000)) + "}",
    "huge number": lambda: '{"from":' + "9" * DEEP + ',"text":"STOP"}',
    "huge number, let through": lambda: '{"from":' + "9" * SHORT + ',"text":"STOP"}',
    "huge exponent": lambda: '{"from":1e999999999,"text":"STOP"}',
    "not a number": lambda: '{"from":NaN,"text":"STOP"}',
    "infinity": lambda: '{"from":-Infinity,"text":"STOP"}',
    "lone surrogate": lambda: '{"from":"\\ud800","text":"STOP"}',
    "zero sign": lambda: '{"from":"\\u0000","text":"STOP"}',
    "list": lambda: '["STOP"]',
    "nothing": lambda: "",
}


@pytest.mark.parametrize("what", BODIES)
def test_the_one_door_that_reads_json_holds(town: Town, what: str) -> None:
    client, start = opened(town), time.perf_counter()
    client.application.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    answer = client.post(PATH, headers=RIGHT, data=BODIES[what](), content_type="application/json")
    assert answer.status_code in (204, 413), answer.status_code
    assert time.perf_counter() - start < 3
    assert rows(town.store, "sms_stop") == []


def test_of_a_key_said_twice_one_value_is_taken_and_nothing_is_joined(sqlite_town: Town) -> None:
    body = f'{{"from":"33600000000","text":"STOP","from":"{NUMBER}"}}'
    answer = opened(sqlite_town).post(PATH, headers=RIGHT, data=body, content_type="application/json")
    assert answer.status_code == 204
    assert stopped(sqlite_town, f"+{NUMBER}") and not stopped(sqlite_town, "+33600000000")


def test_no_other_door_reads_json(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    for body in (
        orjson.dumps({"last_name": "Benkacem", "first_name": "Amina"}),
        b"[" * DEEP + b"]" * DEEP,
        b"9" * DEEP,
    ):
        answer = client.post("/recherche", data=body, content_type="application/json")
        assert answer.status_code in (200, 422) and "Benkacem" not in answer.get_data(as_text=True)


def form_of_parts(count: int) -> tuple[bytes, str]:
    part = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n'
    return part * count + b"--x--\r\n", "multipart/form-data; boundary=x"


def form_of_files(count: int) -> tuple[bytes, str]:
    part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n'
    return part * count + b"--x--\r\n", "multipart/form-data; boundary=x"


def form_of_fields(count: int) -> tuple[bytes, str]:
    return b"&".join(b"f%d=1" % number for number in range(count)), "application/x-www-form-urlencoded"


def endless_header(count: int) -> tuple[bytes, str]:
    return b"--x\r\nX: " + b"a" * 10 * count + b"\r\n\r\n1\r\n--x--\r\n", "multipart/form-data; boundary=x"


@pytest.mark.parametrize("made", [form_of_parts, form_of_files, form_of_fields, endless_header])
@pytest.mark.parametrize("path", ["/connexion", "/imports/nouveau"])
def test_a_form_of_a_hundred_thousand_parts_is_refused_at_once(
    sqlite_town: Town, made: Callable[[int], tuple[bytes, str]], path: str
) -> None:
    client = signed_in(sqlite_town, "root")
    client.application.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    body, kind = made(100_000)
    start = time.perf_counter()
    answer = client.post(path, data=body, content_type=kind)
    assert answer.status_code in (303, 400, 413, 422) and time.perf_counter() - start < 5
    assert rows(sqlite_town.store, "import_batch") == []


def test_a_packed_body_is_never_unpacked(sqlite_town: Town) -> None:
    bomb = gzip.compress(b"login=" + b"a" * 2**27, 9)
    assert len(bomb) < 2**19
    start = time.perf_counter()
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    answer = web(sqlite_town).post("/connexion", data=bomb, headers=headers)
    assert answer.status_code in (400, 413, 415, 422) and time.perf_counter() - start < 3


def brought(town: Town, content: bytes, name: str = "personnes.xlsx") -> TestResponse:
    data = {"structure": town.structures["pae-centre"], "file": (BytesIO(content), name)}
    return signed_in(town, "root").post("/imports/nouveau", data=data)


def swollen() -> bytes:
    return packed(**{"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b"\0" * 2**26})


def entities() -> bytes:
    """The laugh of a billion: a real workbook whose shared words are made of entities."""
    book, out = Workbook(), BytesIO()
    book.active.append(["Prénom", "Nom"])  # type: ignore[union-attr]  # a new book has a sheet
    book.save(out)
    laugh = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    words = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laugh}]><sst><si><t>&l9;</t></si></sst>'
    with zipfile.ZipFile(out) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    return packed(**{**parts, "xl/sharedStrings.xml": words.encode()})


def within() -> bytes:
    """A workbook in a workbook in a workbook."""
    return packed(**{"xl/workbook.xml": packed(**{"xl/workbook.xml": swollen()})})


@pytest.mark.parametrize("made", [swollen, entities, within])
def test_a_swollen_workbook_is_refused_and_costs_this_process_nothing(
    sqlite_town: Town, made: Callable[[], bytes]
) -> None:
    bomb = made()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    answer = brought(sqlite_town, bomb)
    assert answer.status_code == 422 and time.perf_counter() - start < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024  # KiB
    assert rows(sqlite_town.store, "import_batch") == []
