"""The closed lists of notes: who may read one, and why one is taken away."""

from pathway.kernel.choice import Choice


class Audience(Choice):
    """Who may read a note. Each circle holds the one before it."""

    OWN = "own", "Ma structure"
    FOLLOWERS = "followers", "Celles qui la suivent"
    PERSON = "person", "Avec la personne"


class RemovalReason(Choice):
    """Why its author takes a note away. None of them says what the note said."""

    MISTAKE = "mistake", "Elle est fausse"
    OTHER_PERSON = "other_person", "Elle parle de quelqu’un d’autre"
    OUT_OF_PLACE = "out_of_place", "Elle dit ce qui n’a pas sa place ici"
    TWICE = "twice", "Elle est en double"
