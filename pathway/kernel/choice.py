"""Closed lists: a code that never changes is kept, a French label is shown."""

from enum import StrEnum
from typing import Self

from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext, marked


class Choice(StrEnum):
    """A closed list. Members are written `NAME = "code", "Libellé"`; the value kept is the code.

    A label that a person may read is written `marked("Libellé")`, for the catalogues to know of it.
    """

    _said: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Build a member that is its code and carries its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member._said = label
        return member

    @property
    def label(self) -> str:
        """The label in the language spoken."""
        return gettext(self._said)

    @classmethod
    def read(cls, code: str, *, field: str = "") -> Self:
        """The member of that code; `Invalid` in French when the code is unknown."""
        for member in cls:
            if member.value == code:
                return member
        raise Invalid(marked("Ce choix n’existe pas. Choisissez dans la liste."), field=field)

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """(code, label) of every member, in order, as form fields want them."""
        return [(member.value, member.label) for member in cls]
