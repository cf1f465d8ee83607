"""The town's cast as data: structures, schemes and the people of the guides, all invented."""

import base64
import hashlib
from dataclasses import dataclass

from pathway.casework.partners.rules import Role, SensitiveKind, StructureKind
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import Intensity, OwnQuestion, SchemeKind, Stage
from pathway.casework.schemes.standards import STANDARDS

PASSWORD = "quatre-lapins-verts-dansent"  # demonstration only; a demo base is served on loopback only


@dataclass(frozen=True, kw_only=True)
class DemoStructure:
    """A structure of the town. `sensitive` says what it really is, when its name must be known to nobody else."""

    code: str
    name: str
    kind: StructureKind
    sensitive: SensitiveKind | None = None
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoScheme:
    """A scheme of the town. `structure` is the code of the one that carries it; empty when all may enter people."""

    code: str
    name: str
    kind: SchemeKind
    structure: str
    intensity: Intensity
    planned_days: int | None
    is_short_activity: bool = False
    asks_results: bool = False
    asks: frozenset[str] | None = None
    questions: tuple[OwnQuestion, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """What it asks on entry, and why: all that its kind asks, or only the items named in `asks`."""
        standard = STANDARDS[self.kind]
        return standard if self.asks is None else tuple(one for one in standard if one.key in self.asks)


@dataclass(frozen=True, kw_only=True)
class Persona:
    """A professional of the town, with the sign-in the demonstration gives away."""

    code: str
    first_name: str
    last_name: str
    role: Role
    structure: str
    wants: str

    @property
    def email(self) -> str:
        """An address of a domain that can never exist."""
        return f"{self.code}@demo.carte.invalid"

    @property
    def totp_secret(self) -> str:
        """The seed of her one-time codes: public, like her password, and the same in every demonstration."""
        return base64.b32encode(hashlib.sha256(f"demonstration {self.code}".encode()).digest()[:20]).decode()


AMINA_EMAIL = "amina@demo.carte.invalid"

STRUCTURES = (
    DemoStructure(
        code="pae-centre",
        name="Point Accueil Emploi Centre",
        kind=StructureKind.EMPLOYMENT_DESK,
        address="12 rue du Vieux-Lavoir\nValmer centre",
    ),
    DemoStructure(
        code="plie",
        name="PLIE du Bassin",
        kind=StructureKind.PLIE,
        address="3 place des Trois-Marées\nValmer",
    ),
    DemoStructure(
        code="mission-locale",
        name="Mission locale du Bassin",
        kind=StructureKind.LOCAL_MISSION,
        address="27 avenue du Phare-Éteint\nValmer",
    ),
    DemoStructure(
        code="ccas",
        name="CCAS de Valmer",
        kind=StructureKind.CCAS,
        address="1 place de la Halle-aux-Voiles\nValmer",
    ),
    DemoStructure(
        code="ateliers-canal",
        name="Les Ateliers du Canal",
        kind=StructureKind.SIAE,
        address="8 quai des Sabliers-Neufs\nValmer port",
    ),
    DemoStructure(
        code="passerelle",
        name="Association Passerelle",
        kind=StructureKind.ASSOCIATION,
        address="5 impasse de la Passerelle-Verte\nValmer",
    ),
    DemoStructure(
        code="horizon",
        name="Centre de formation Horizon",
        kind=StructureKind.TRAINING_CENTRE,
        address="40 route des Deux-Horizons\nValmer nord",
    ),
    DemoStructure(
        code="quai-neuf",
        name="CSAPA du Port",
        kind=StructureKind.ASSOCIATION,
        sensitive=SensitiveKind.ADDICTION_CARE,
    ),
    DemoStructure(
        code="coordination",
        name="Coordination emploi du Bassin",
        kind=StructureKind.TERRITORY,
        address="Hôtel de territoire, 2 cours des Amarres\nValmer",
    ),
)

HEALTH_GROUNDED = ("ccas",)  # the structures whose right to use health answers is recorded

SCHEMES = (
    DemoScheme(
        code="pae",
        name="Accompagnement Point Accueil Emploi",
        kind=SchemeKind.DESK_SUPPORT,
        structure="pae-centre",
        intensity=Intensity.STANDARD,
        planned_days=365,
    ),
    DemoScheme(
        code="plie",
        name="Parcours PLIE",
        kind=SchemeKind.PLIE,
        structure="",
        intensity=Intensity.STANDARD,
        planned_days=730,
        asks_results=True,
        questions=(OwnQuestion(key="plie_goal", label="Premier objectif du parcours PLIE", is_required=False),),
    ),
    DemoScheme(
        code="cej",
        name="Contrat d’engagement jeune",
        kind=SchemeKind.CEJ,
        structure="mission-locale",
        intensity=Intensity.INTENSIVE,
        planned_days=365,
    ),
    DemoScheme(
        code="iae",
        name="Contrat en chantier d’insertion",
        kind=SchemeKind.IAE,
        structure="ateliers-canal",
        intensity=Intensity.IN_WORK,
        planned_days=730,
    ),
    DemoScheme(
        code="clause",
        name="Mission en clause sociale",
        kind=SchemeKind.SOCIAL_CLAUSE,
        structure="plie",
        intensity=Intensity.IN_WORK,
        planned_days=180,
    ),
    DemoScheme(
        code="formation",
        name="Remise à niveau numérique",
        kind=SchemeKind.TRAINING,
        structure="horizon",
        intensity=Intensity.LIGHT,
        planned_days=60,
    ),
    DemoScheme(
        code="atelier",
        name="Atelier CV et entretien",
        kind=SchemeKind.WORKSHOP,
        structure="",
        intensity=Intensity.LIGHT,
        planned_days=1,
        is_short_activity=True,
    ),
    DemoScheme(
        code="immersion",
        name="Immersion en entreprise",
        kind=SchemeKind.IMMERSION,
        structure="",
        intensity=Intensity.LIGHT,
        planned_days=14,
        is_short_activity=True,
    ),
    DemoScheme(
        code="creation",
        name="Créer son entreprise",
        kind=SchemeKind.BUSINESS,
        structure="passerelle",
        intensity=Intensity.STANDARD,
        planned_days=540,
        questions=(OwnQuestion(key="idea", label="Votre idée en une phrase", is_required=True),),
        stages=(
            Stage(key="idea", name="Idée"),
            Stage(key="project", name="Projet"),
            Stage(key="financing", name="Financement"),
            Stage(key="creation", name="Création"),
        ),
    ),
    DemoScheme(
        code="quai-neuf",
        name="Accompagnement du Quai neuf",  # the names of schemes stand in clear: this one says nothing
        kind=SchemeKind.SOCIAL_SUPPORT,
        structure="quai-neuf",
        intensity=Intensity.LIGHT,
        planned_days=365,
        asks=frozenset({"phones", "contact_channel", "contact_hours"}),
    ),
    DemoScheme(
        code="social",
        name="Accompagnement social du CCAS",
        kind=SchemeKind.SOCIAL_SUPPORT,
        structure="ccas",
        intensity=Intensity.LIGHT,
        planned_days=365,
    ),
)

PERSONAS = (
    Persona(
        code="bruno",
        first_name="Bruno",
        last_name="Lemaire",
        role=Role.COUNSELLOR,
        structure="pae-centre",
        wants="Ouvrir le dossier, faire les points du jour, enregistrer une entrée ou une sortie",
    ),
    Persona(
        code="chloe",
        first_name="Chloé",
        last_name="Rivière",
        role=Role.COUNSELLOR,
        structure="passerelle",
        wants="Travailler avec ses personnes ; elle n’a aucun lien avec Amina",
    ),
    Persona(
        code="elise",
        first_name="Élise",
        last_name="Moreau",
        role=Role.COUNSELLOR,
        structure="mission-locale",
        wants="Recevoir une personne avec son dossier",
    ),
    Persona(
        code="lucie",
        first_name="Lucie",
        last_name="Perrin",
        role=Role.COUNSELLOR,
        structure="plie",
        wants="Poser à temps les questions de fin d’un parcours PLIE",
    ),
    Persona(
        code="denis",
        first_name="Denis",
        last_name="Carpentier",
        role=Role.SUPERVISOR,
        structure="pae-centre",
        wants="Voir qui risque une rupture et confier le suivi",
    ),
    Persona(
        code="ines",
        first_name="Inès",
        last_name="Haddad",
        role=Role.REVIEWER,
        structure="coordination",
        wants="Comparer les dossiers en double",
    ),
    Persona(
        code="theo",
        first_name="Théo",
        last_name="Garnier",
        role=Role.COORDINATOR,
        structure="coordination",
        wants="Suivre les chiffres du territoire, sans aucun nom",
    ),
    Persona(
        code="maud",
        first_name="Maud",
        last_name="Kerisit",
        role=Role.SUPERVISOR,
        structure="coordination",
        wants="Trouver une structure à qui n’en a plus, avec son accord",
    ),
    Persona(
        code="root",
        first_name="Rachel",
        last_name="Oott",
        role=Role.OPERATOR,
        structure="coordination",
        wants="Installer, importer, vérifier l’instance",
    ),
)

# Colleagues who share the work of the town.
COLLEAGUES = (
    Persona(
        code="fatou", first_name="Fatou", last_name="Diallo", role=Role.COUNSELLOR, structure="pae-centre", wants=""
    ),
    Persona(
        code="karim", first_name="Karim", last_name="Benali", role=Role.COUNSELLOR, structure="mission-locale", wants=""
    ),
    Persona(
        code="marc", first_name="Marc", last_name="Tessier", role=Role.COUNSELLOR, structure="ateliers-canal", wants=""
    ),
    Persona(code="nadia", first_name="Nadia", last_name="Olivier", role=Role.COUNSELLOR, structure="ccas", wants=""),
    Persona(
        code="solene", first_name="Solène", last_name="Riou", role=Role.COUNSELLOR, structure="quai-neuf", wants=""
    ),
    Persona(code="hugo", first_name="Hugo", last_name="Vasseur", role=Role.COUNSELLOR, structure="horizon", wants=""),
    Persona(
        code="sylvie",
        first_name="Sylvie",
        last_name="Masson",
        role=Role.SUPERVISOR,
        structure="mission-locale",
        wants="",
    ),
    Persona(code="yvan", first_name="Yvan", last_name="Kervella", role=Role.SUPERVISOR, structure="plie", wants=""),
)


# A structure that closed a few days ago, its own scheme, and who worked there.
CLOSED = DemoStructure(code="maison-landes", name="Maison de l’emploi des Landes", kind=StructureKind.ASSOCIATION)
CLOSED_SCHEME = DemoScheme(
    code="landes",
    name="Accompagnement de la Maison des Landes",
    kind=SchemeKind.DESK_SUPPORT,
    structure=CLOSED.code,
    intensity=Intensity.STANDARD,
    planned_days=365,
)
CLOSED_STAFF = Persona(
    code="odile", first_name="Odile", last_name="Jaouen", role=Role.COUNSELLOR, structure=CLOSED.code, wants=""
)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A sign-in the demonstration gives away."""

    persona: str
    name: str
    role: str
    role_label: str
    structure: str
    wants: str
    email: str
    password: str = PASSWORD
    totp_secret: str = ""


def sign_ins() -> list[SignIn]:
    """The sign-ins of the guides: Amina, then the professionals."""
    amina = SignIn(
        persona="amina",
        name="Amina Benkacem",
        role=Role.JOBSEEKER.value,
        role_label=Role.JOBSEEKER.label,
        structure="",
        wants="Voir son parcours sur son téléphone, savoir ce qui vient et qui lit son dossier",
        email=AMINA_EMAIL,
    )
    return [amina, *(_sign_in(persona) for persona in PERSONAS)]


def _sign_in(persona: Persona) -> SignIn:
    return SignIn(
        persona=persona.code,
        name=f"{persona.first_name} {persona.last_name}",
        role=persona.role.value,
        role_label=persona.role.label,
        structure=persona.structure,
        wants=persona.wants,
        email=persona.email,
        totp_secret=persona.totp_secret,
    )
