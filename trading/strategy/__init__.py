"""Strategy sessions of EVE Online corporations: steps on the engine, decision matrices, recommendations."""
