"""Files that are not what they say, and those that are more than they say."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from pathway.casework.documents import reading
from pathway.casework.documents.reading import read_upload
from pathway.casework.documents.rules import LARGEST, MOST_PAGES, MediaType
from pathway.kernel.errors import Invalid


def pdf(*, pages: int = 1, extra: DictionaryObject | None = None, under: str = "/OpenAction") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if extra is not None:
        writer.root_object[NameObject(under)] = writer._add_object(extra)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


SCRIPT = DictionaryObject(
    {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
)


def picture(form: str, **options: object) -> bytes:
    kept = BytesIO()
    Image.new("RGB", (120, 80), "navy").save(kept, form, **options)
    return kept.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(Invalid) as error:
        read_upload(data)
    assert error.value.field == "paper"
    return error.value.sentence


def test_a_pdf_that_only_says_where_it_opens_is_kept_without_saying_it() -> None:
    view = DictionaryObject({NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): TextStringObject("top")})
    kept = read_upload(pdf(extra=view))
    assert b"/OpenAction" not in kept.content


def test_a_scanned_pdf_keeps_its_pages() -> None:
    kept = read_upload(pdf(pages=2))
    assert kept.media_type is MediaType.PDF and len(PdfReader(BytesIO(kept.content)).pages) == 2


def test_what_stands_before_between_or_behind_the_pages_is_gone() -> None:
    hidden = b"<html><script>alert(1)</script></html>"
    whole = pdf().replace(b"\n1 0 obj", b"\n%" + hidden + b"\n1 0 obj", 1) + hidden
    assert hidden not in read_upload(whole).content


@pytest.mark.parametrize("under", ["/OpenAction", "/AA", "/Unheard"])
def test_a_pdf_with_a_script_is_refused_wherever_it_hides(under: str) -> None:
    assert "script" in refused(pdf(extra=SCRIPT, under=under))


@pytest.mark.parametrize("kind", ["/Launch", "/SubmitForm", "/ImportData", "/EmbeddedFile"])
def test_a_pdf_that_acts_is_refused(kind: str) -> None:
    assert "action" in refused(pdf(extra=DictionaryObject({NameObject("/S"): NameObject(kind)}), under="/Unheard"))


def test_a_pdf_with_an_attached_file_is_refused() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("virus.exe", b"MZ")
    kept = BytesIO()
    writer.write(kept)
    assert "fichier joint" in refused(kept.getvalue())


def test_a_locked_pdf_is_refused() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="AES-256")
    kept = BytesIO()
    writer.write(kept)
    assert "mot de passe" in refused(kept.getvalue())


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert str(MOST_PAGES) in refused(pdf(pages=MOST_PAGES + 1))


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing here", b"%PDF-1.4\n" + b"\x00" * 500, pdf()[:60]])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    assert "ne se lit pas" in refused(data)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_photo_loses_its_place_and_its_device(form: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "MakerOfPhones"
    exif.get_ifd(0x8825)[1] = "N"
    text = PngInfo()
    text.add_text("Comment", "MakerOfPhones")
    whole = picture(form, exif=exif, **({"pnginfo": text} if form == "PNG" else {"comment": b"MakerOfPhones"}))
    assert b"MakerOfPhones" in whole
    kept = read_upload(whole)
    with Image.open(BytesIO(kept.content)) as image:
        assert image.size == (120, 80) and not dict(image.getexif()) and not image.getexif().get_ifd(0x8825)
    assert b"MakerOfPhones" not in kept.content and b"Exif" not in kept.content


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_is_glued_behind_a_photo_is_gone(form: str) -> None:
    hidden = b"<script>alert(1)</script>"
    assert hidden not in read_upload(picture(form) + hidden).content


def test_a_photo_lying_on_its_side_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(read_upload(picture("JPEG", exif=exif)).content)) as image:
        assert image.size == (80, 120)


def test_an_image_of_too_many_dots_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_PIXELS", 120 * 80 - 1)
    assert "trop grande" in refused(picture("PNG"))
    huge = picture("PNG")
    bomb = huge[:16] + (50_000).to_bytes(4) + (50_000).to_bytes(4) + huge[24:]
    assert refused(bomb)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a/*<script>*/=1",
        b"PK\x03\x04 a zip that calls itself docx",
        b"<html>%PDF-1.4</html>",
        b"MZ\x90\x00",
        b" %PDF-1.4",
    ],
)
def test_what_is_neither_a_pdf_nor_a_photo_is_refused(data: bytes) -> None:
    assert "ni un PDF, ni une photo" in refused(data)


@pytest.mark.parametrize("data", [b"\xff\xd8\xff<?php", b"\x89PNG\r\n\x1a\n<script>"])
def test_a_photo_in_name_only_is_refused(data: bytes) -> None:
    assert "ne se lit pas" in refused(data)


def test_an_empty_or_too_heavy_file_is_refused() -> None:
    assert "vide" in refused(b"")
    assert "10 Mo" in refused(b"%PDF-" + b"0" * LARGEST)
