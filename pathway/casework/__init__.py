"""What the product does, one room a capability, in the order of a pathway."""
