"""Reading an uploaded file for what it is: its type comes from its content, and only its pages or its image are kept.

Done before any write lock: parsing takes time.
"""

import warnings
from io import BytesIO

from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject

from pathway.casework.documents.rules import MOST_PAGES, MOST_PIXELS, MediaType, Upload, check_size
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked

_UNKNOWN = marked(
    "Ce fichier n’est ni un PDF, ni une photo JPEG ou PNG. Scannez ou photographiez le papier, puis recommencez."
)
_BROKEN = marked("Ce fichier ne se lit pas. Scannez ou photographiez à nouveau le papier, puis recommencez.")
_ACTIVE = marked(
    "Ce PDF contient autre chose que des pages (script, fichier joint ou action). Scannez le papier à nouveau."
)
_LOCKED = marked("Ce PDF est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis recommencez.")
_TOO_WIDE = marked("Cette image est trop grande. Choisissez une qualité de 600 points par pouce au plus.")
_TOO_LONG = marked("Ce PDF a trop de pages : %(most)s au plus.")

_PDF, _JPEG, _PNG = b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
# What a page alone never holds: scripts, attachments, actions, forms that send, media that play.
_ACTIVE_KEYS = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/EmbeddedFiles",
        "/EF",
        "/AA",
        "/Launch",
        "/RichMedia",
        "/XFA",
        "/SubmitForm",
    }
)
_ACTIVE_VALUES = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/EmbeddedFile", "/Filespec"})
_ON_PAGE = ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/B")
_MOST_OBJECTS = 20_000


def read_upload(data: bytes) -> Upload:
    """The file as it will be kept: a PDF's pages alone, an image drawn anew (no place, no device, nothing behind it).

    `Invalid` on the field `paper` for anything else, whatever its name said.
    """
    check_size(len(data))
    if data.startswith(_PDF):
        kept = Upload(media_type=MediaType.PDF, content=_pages(data))
    elif data.startswith(_JPEG):
        kept = Upload(media_type=MediaType.JPEG, content=_drawn(data, "JPEG"))
    elif data.startswith(_PNG):
        kept = Upload(media_type=MediaType.PNG, content=_drawn(data, "PNG"))
    else:
        raise _refused(_UNKNOWN)
    check_size(len(kept.content))
    return kept


def _pages(data: bytes) -> bytes:
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise _refused(_LOCKED)
        if _is_active(reader):
            raise _refused(_ACTIVE)
        return _rewritten(reader)
    except Invalid:
        raise
    except Exception as error:  # whatever a hostile file breaks in the parser
        raise _refused(_BROKEN) from error


def _rewritten(reader: PdfReader) -> bytes:
    """The pages alone in a new file: what stood before, between or behind them is gone."""
    count = len(reader.pages)
    if not count:
        raise _refused(_BROKEN)
    if count > MOST_PAGES:
        raise _refused(_(_TOO_LONG, most=MOST_PAGES))
    writer = PdfWriter()
    for page in reader.pages:
        for key in _ON_PAGE:
            page.pop(key, None)
        writer.add_page(page)
    writer.metadata = None
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def _is_active(reader: PdfReader) -> bool:
    """Whether any object, reached from the trailer or not, does more than draw."""
    numbers = sorted({number for section in reader.xref.values() for number in section} | set(reader.xref_objStm))
    if len(numbers) > _MOST_OBJECTS:
        return True
    found = (reader.get_object(number) for number in numbers if number)
    return _acts(reader.trailer) or any(_acts(one) for one in found if one is not None)


def _acts(root: PdfObject) -> bool:
    """Whether that object, or one written inside it, asks for an action. Objects it points to are looked at apart."""
    waiting: list[object] = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            if _ACTIVE_KEYS & one.keys():
                return True
            waiting += [one.raw_get(key) for key in one]
        elif isinstance(one, ArrayObject):
            waiting += list(list.__iter__(one))
        elif isinstance(one, str) and one in _ACTIVE_VALUES:
            return True
    return False


def _drawn(data: bytes, form: str) -> bytes:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data), formats=(form,)) as image:
            return _redrawn(image, form)
    except Invalid:
        raise
    except Image.DecompressionBombError as error:
        raise _refused(_TOO_WIDE) from error
    except Exception as error:  # whatever a hostile file breaks in the decoder
        raise _refused(_BROKEN) from error


def _redrawn(image: Image.Image, form: str) -> bytes:
    """The pixels alone: no EXIF, no place, no text chunk, no second picture."""
    if image.width * image.height > MOST_PIXELS:
        raise _refused(_TOO_WIDE)  # read in the header: nothing is decoded yet
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("L" if upright.mode in ("1", "L") else "RGB")
    plain.info.clear()
    kept = BytesIO()
    plain.save(kept, form, quality=85)
    return kept.getvalue()


def _refused(sentence: str) -> Invalid:
    return Invalid(sentence, field="paper")
