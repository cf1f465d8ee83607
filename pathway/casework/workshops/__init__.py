"""Group sessions: planned for several people at once, their attendance told on one screen."""
