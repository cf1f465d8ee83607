"""What she prepares on her phone before an appointment, when a structure invites her to."""
