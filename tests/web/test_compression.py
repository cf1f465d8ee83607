import gzip

from pathway.demo.town import Town
from tests.town import web


def test_a_style_sheet_travels_compressed_and_unchanged(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    with client.get("/static/bundle.css") as plain:
        sheet = plain.data
        assert "Content-Encoding" not in plain.headers
    with client.get("/static/bundle.css", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == sheet
        assert len(answer.data) < len(sheet) / 3


def test_a_page_with_form_tokens_is_never_compressed(sqlite_town: Town) -> None:
    answer = web(sqlite_town).get("/connexion", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


def test_a_sheet_already_in_the_cache_is_not_sent_again(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    with client.get("/static/bundle.css", headers={"Accept-Encoding": "gzip"}) as first:
        tag = first.headers["ETag"]
    with client.get("/static/bundle.css", headers={"Accept-Encoding": "gzip", "If-None-Match": tag}) as again:
        assert (again.status_code, again.data) == (304, b"")
