"""Appointments: planned, moved, kept or not, said again the day before; and the calendar of times without names."""
