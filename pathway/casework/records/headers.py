"""What files coming in call each item of the dictionary, besides its own label."""

from collections.abc import Mapping

# Item key → headers met in the field, separated by a bar.
HEADERS: Mapping[str, str] = {
    "first_name": "Prénoms | Prénom usuel",
    "last_name": "Nom | Nom de famille | Nom usuel | Nom marital",
    "birth_name": "Nom de jeune fille | Nom patronymique",
    "birth_date": "Né le | Née le | Né(e) le | DDN",
    "birth_place": "Commune de naissance | Ville de naissance",
    "phones": "Téléphone | Tél | Numéro de téléphone | Tel portable | Téléphone portable | Portable | Mobile",
    "email": "Courriel | Mail | Adresse e-mail | Adresse mail | Adresse électronique",
    "address": "Adresse postale | Rue | Adresse 1 | Voie",
    "postcode": "CP",
    "city": "Ville | Localité | Commune de résidence",
    "contact_language": "Langue | Langue parlée",
    "needs_interpreter": "Interprète",
    "phone_is_shared": "Téléphone partagé",
    "housing": "Situation de logement | Type de logement",
    "children": "Nombre d’enfants | Nombre d’enfants à charge",
    "childcare": "Mode de garde",
    "situation": "Situation professionnelle | Situation actuelle",
    "france_travail_registration": (
        "Inscrit à France Travail | Inscrit France Travail | Inscription France Travail | Inscrit à Pôle emploi | "
        "Inscrit Pôle emploi"
    ),
    "last_job_ended_on": "Date de fin du dernier emploi",
    "caf_number": ("Numéro allocataire CAF/MSA | Numéro allocataire | N° allocataire | Numéro CAF | Matricule CAF"),
    "france_travail_id": "Identifiant Pôle emploi | Numéro France Travail | Numéro Pôle emploi | Identifiant PE",
    "rsa": "Droits RSA | Droit RSA | Bénéficiaire du RSA",
    "are": "Droits ARE | ARE",
    "ass": "Droits ASS | ASS",
    "engagement_reference": "Contrat d’engagement | Référence du contrat d’engagement | Numéro du contrat d’engagement",
    "engagement_signed_on": "Date du contrat d’engagement | Date de signature du contrat d’engagement",
    "engagement_review_on": "Prochain bilan | Date du prochain bilan",
    "rqth": "RQTH | Droits RQTH",
    "aah": "AAH | Droits AAH",
    "education_level": "Niveau d’étude | Niveau d’études | Niveau scolaire | Niveau de qualification",
    "last_diploma": "Diplôme | Dernier diplôme | Dernier diplôme ou titre | Compétences",
    "french": "Niveau de français | Maîtrise du français",
    "other_languages": "Langues | Langues étrangères",
    "mobility_zone": "Zone de mobilité | Mobilité | Mobilité (km) | Zone de mobilité (km) | Rayon de mobilité",
    "driving_licences": "Permis | Permis B",
    "vehicles": "Véhicule | Moyen de locomotion",
    "rome_jobs": "Emploi recherché (code ROME) | Emploi recherché | Métier recherché | Code ROME | ROME",
    "work_experience": "Expérience professionnelle",
    "obstacles": "Freins | Difficultés",
    "available_from": "Date de disponibilité | Disponibilité",
    "desired_hours": "Temps de travail souhaité | Heures souhaitées",
    "work_times": "Horaires",
    "digital_autonomy": "Autonomie numérique",
    "digital_equipment": "Équipement informatique",
}
# A second line of address: joined to the first.
ADDRESS_COMPLEMENTS = ("Complément d’adresse", "Adresse (complément)", "Adresse 2", "Complément")
