"""Papers as somebody reads them: the words of a PDF, and whether a screen reader finds its way in it."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from werkzeug.test import TestResponse


def words(paper: bytes) -> str:
    """All that the paper says, one space between words."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages).split())


def pages(paper: bytes) -> int:
    """How many sheets it takes."""
    return len(PdfReader(BytesIO(paper)).pages)


def is_readable(paper: bytes) -> bool:
    """Whether it is tagged, in French, with a title that names nobody."""
    read = PdfReader(BytesIO(paper))
    catalogue: Any = read.trailer["/Root"]
    has_title = bool(read.metadata and read.metadata.title) and "Amina" not in str(read.metadata)
    return bool(catalogue["/MarkInfo"]["/Marked"]) and catalogue["/Lang"].startswith("fr") and has_title


def kept(answer: TestResponse) -> bytes:
    """The PDF of an answer, which the browser keeps and no cache does."""
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.get_data(as_text=True)[:300]
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Cache-Control"] == "no-store"
    content: bytes = answer.data
    return content
