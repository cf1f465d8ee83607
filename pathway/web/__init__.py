"""The door of people: pages in French, closed by default, one module a screen."""
