"""How the house keeps things: engine, transaction, sealing, journal, migrations. It knows nothing of people."""
