"""The one family of errors: a stable code for programs, a French sentence for people."""

from pathway.kernel.languages import marked

_SEALED = marked("Un contenu scellé ne s’ouvre pas. Prévenez l’exploitant de la carte.")


class PathwayError(Exception):
    """Any refusal the product can explain. `code` never changes; `sentence` is shown, in the reader’s language
    when the catalogues know it."""

    code = "error"

    def __init__(self, sentence: str) -> None:
        """Keep the French sentence; it must hold no personal data, since it may be logged."""
        super().__init__(sentence)
        self.sentence = sentence


class Invalid(PathwayError):
    """Something given has a wrong shape. `field` names what to mend (a form field, a column) or is empty."""

    code = "invalid"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        """Keep which field the sentence speaks of."""
        super().__init__(sentence)
        self.field = field


class NotFound(PathwayError):
    """It does not exist, or the actor may not know whether it exists: the same answer on purpose."""

    code = "not_found"

    def __init__(self, sentence: str = marked("Cette page n’existe pas, ou vous n’y avez pas accès.")) -> None:
        """Give the one sentence unless a door has a better one."""
        super().__init__(sentence)


class NotAllowed(PathwayError):
    """The actor is known and may not do this."""

    code = "not_allowed"

    def __init__(self, sentence: str = marked("Cette page ou cette action n’est pas ouverte à votre compte.")) -> None:
        """Give the one sentence unless a door has a better one."""
        super().__init__(sentence)


class Refused(PathwayError):
    """A rule of the field says no (exit before entry, closing a point without a result)."""

    code = "refused"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        """Keep which field the sentence speaks of, if any."""
        super().__init__(sentence)
        self.field = field


class Conflict(PathwayError):
    """Somebody else changed the same thing in between; nothing was written."""

    code = "conflict"


class Sealed(PathwayError):
    """A sealed content or key does not open: altered, or another keyring. One message whatever the cause."""

    code = "sealed"

    def __init__(self, sentence: str = _SEALED) -> None:
        """Keep one external message, so that an attacker learns nothing from it."""
        super().__init__(sentence)


class Unavailable(PathwayError):
    """The base or the keyring cannot serve now; nothing was written."""

    code = "unavailable"
