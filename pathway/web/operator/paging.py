"""Long lists page by page: which page was asked, and the addresses around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

PER_PAGE = 30


@dataclass(frozen=True, kw_only=True)
class Paging:
    """Where one is in a list. An address is None at an end."""

    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


def paging(count: int, endpoint: str, *, per_page: int = PER_PAGE, kept: Mapping[str, str] | None = None) -> Paging:
    """The page asked by `?page=`, the nearest when there is none of that number. `kept`: what the address also says."""
    pages = max(-(-count // per_page), 1)
    page = min(_number(request.args.get("page", "")), pages)
    known: dict[str, Any] = dict(kept or {})

    def href(number: int) -> str | None:
        return url_for(endpoint, page=number, **known) if 1 <= number <= pages else None

    return Paging(page=page, pages=pages, previous_href=href(page - 1), next_href=href(page + 1))


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 and int(typed) else 1
