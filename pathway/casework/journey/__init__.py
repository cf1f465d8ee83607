"""The timeline: one story of the pathway, told alike to the person and to those who support her."""
