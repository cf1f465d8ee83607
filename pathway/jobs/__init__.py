"""The door of the clock: what happens without anybody asking, and the doctor who checks the whole."""
