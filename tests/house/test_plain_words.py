"""What she reads is plain: on her pages, nineteen sentences of twenty have fifteen words at most."""

import re
from collections.abc import Iterator

from pathway.demo.town import Town
from tests.hostile.walk import browsers, known_ids, lively, parsed, walk

_BLOCKS = "main p, main li, main h1, main h2, main h3, main label, main legend, main summary, main dd, main td"
_END = re.compile(r"(?<=[.!?…])\s+|\s[·–]\s|\s*:\s+")
_MOST_WORDS, _SHARE = 15, 0.95


def sentences(html: str) -> Iterator[str]:
    """Each sentence of the page's own text; what people wrote themselves stands between « »."""
    for block in parsed(html).query(_BLOCKS):
        text = re.sub(r"«[^»]*»", "« … »", re.sub(r"\s+", " ", block.to_text()))
        yield from (one.strip() for one in _END.split(text) if one.strip())


def words(sentence: str) -> int:
    """How many words she has to read; a figure or a sign is none."""
    return len(re.findall(r"[^\W\d_][\w’'-]*", sentence))


def test_nineteen_sentences_of_twenty_are_short(sqlite_town: Town) -> None:
    known = lively(sqlite_town)
    ((_, client),) = browsers(sqlite_town, known, ["amina"])
    said = {one for page in walk(client, ids=known_ids(sqlite_town)).shown for one in sentences(page.html)}
    long = sorted((one for one in said if words(one) > _MOST_WORDS), key=words, reverse=True)
    assert len(said) > 300
    assert len(long) <= len(said) * (1 - _SHARE), long[:20]
