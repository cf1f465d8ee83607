"""How professionals come, change and leave: habilitations with an end, and invitations."""
