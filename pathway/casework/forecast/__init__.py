"""What the weeks to come would ask of whom, under the follow-up rules in force or under a draft."""
