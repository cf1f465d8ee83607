"""What happens after an exit: policies, plans, points to do and attempts to reach the person. Knows no exit."""
