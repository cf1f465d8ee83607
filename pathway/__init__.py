"""The carte vitale de l'emploi: one sealed record per jobseeker, followed from door to door."""

__version__ = "0.1.0"
