"""All the examples of the catalogue, in the order of the components' names."""

from pathway.web.components.example import Example
from pathway.web.components.inputs import INPUTS
from pathway.web.components.pieces import PIECES

EXAMPLES: tuple[Example, ...] = tuple(sorted((*INPUTS, *PIECES), key=lambda one: one.component))
