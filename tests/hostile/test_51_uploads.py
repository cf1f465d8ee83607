"""Check 51: a file that is not what it says, or more than it says, is refused, or kept without what it hid."""

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from werkzeug.test import TestResponse

from pathway.casework.documents.reading import read_upload
from pathway.demo.town import Town
from pathway.kernel.errors import Invalid
from tests.casework.documents.scenes import content, seen
from tests.casework.documents.test_reading import pdf, picture
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, welcome

PAGE = b"<html><body><script>alert(1)</script></body></html>"
NAMES = (
    "cv.pdf.exe",
    "cv.pdf\0.html",
    "cv\u202efdp.exe",
    "../../../etc/cron.d/cv",
    "..\\..\\cv.pdf",
    "C:\\Windows\\cv.pdf",
    "cv%0d%0aX-Injected: 1.pdf",
    "“><script>alert(1)</script>.pdf",
    "a" * 5000 + ".pdf",
    "",
)


def packed(**parts: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return out.getvalue()


def immense() -> bytes:
    """A true PNG of 50 000 by 50 000 dots, in a few kilobytes: its lines are announced, and a thousand are there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * 6251 * 1000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 256 MiB."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"\0" * 2**20) for _ in range(256)) + packer.flush()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(body) + body + b"\nendstream",
    ]
    out, places = b"%PDF-1.5\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + one + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 5/Root 1 0 R>>startxref\n%d\n%%%%EOF" % len(out)
    )


REFUSED = {
    "page that calls itself PDF": PAGE + b"%PDF-1.7",
    "PDF that is a page": b"%PDF-1.7\n" + PAGE,
    "image and script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//",
    "drawing": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "document that unpacks to 256 MiB": packed(**{"word/document.xml": b"\0" * 2**28}),
    "document": packed(**{"word/document.xml": b"<w/>"}),
    "immense image": immense(),
    "image cut short": picture("PNG")[:60],
    "bitmap": b"BM" + b"\0" * 60,
    "WebP": b"RIFF\0\0\0\0WEBPVP8 ",
    "TIFF": b"II*\0" + b"\0" * 60,
    "PostScript": b"%!PS-Adobe-3.0\n(/etc/passwd) run",
    "program": b"\x7fELF" + b"\0" * 60,
}


def sent(town: Town, ref: str, file: bytes, name: str) -> TestResponse:
    data = {"kind": "cv", "title": "", "sight": "shared", "paper": (BytesIO(file), name)}
    return signed_in(town, "bruno").post(f"/dossiers/{ref}/documents", data=data)


@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("name", ["cv.pdf", "cv.png"])
def test_what_is_neither_a_page_nor_a_photo_is_refused_whatever_its_name(
    sqlite_town: Town, what: str, name: str
) -> None:
    ref = welcome(sqlite_town)
    answer = sent(sqlite_town, ref, REFUSED[what], name)
    assert answer.status_code == 422 and "alert(1)" not in answer.get_data(as_text=True)
    assert rows(sqlite_town.store, "held_document") == []


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_the_name_of_a_file_decides_nothing(sqlite_town: Town, name: str) -> None:
    ref = welcome(sqlite_town)
    answer = sent(sqlite_town, ref, pdf(), name)
    if not name:
        assert answer.status_code == 422  # no name, no file: as browsers send an empty choice
        return
    assert answer.status_code == 303
    opened = signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/documents/{seen(sqlite_town, ref)[0].id}")
    assert opened.headers["Content-Disposition"] == 'attachment; filename="cv-2026-11-20.pdf"'
    assert (opened.mimetype, opened.headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert "X-Injected" not in opened.headers and opened.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_keeps_neither_its_place_nor_what_is_glued_to_it(town: Town, form: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "MakerOfPhones"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 6.0, 40.0), 3: "W", 4: (1.0, 40.0, 46.0)})
    taken = picture(form, exif=exif) + PAGE
    ref = welcome(town)
    assert sent(town, ref, taken, "photo.pdf").status_code == 303
    kept = content(town, ref, seen(town, ref)[0].id)
    with Image.open(BytesIO(kept)) as image:
        assert image.format == form and not dict(image.getexif()) and not image.getexif().get_ifd(0x8825)
    assert b"MakerOfPhones" in taken and b"MakerOfPhones" not in kept and b"<script>" not in kept


def test_a_pdf_that_is_also_a_page_keeps_its_pages_alone(town: Town) -> None:
    ref = welcome(town)
    both = pdf().replace(b"\n1 0 obj", b"\n%" + PAGE + b"\n1 0 obj", 1) + PAGE + packed(a=b"MZ")
    assert sent(town, ref, both, "cv.pdf").status_code == 303
    kept = content(town, ref, seen(town, ref)[0].id)
    assert len(PdfReader(BytesIO(kept)).pages) == 1 and b"<script>" not in kept and b"PK\x03\x04" not in kept


def test_a_pdf_that_unpacks_to_a_gigabyte_is_not_unpacked() -> None:
    bomb = pdf_bomb()
    assert len(bomb) < 2 * 2**20
    try:
        kept = read_upload(bomb).content
    except Invalid:
        return
    assert len(kept) < 2 * len(bomb)
