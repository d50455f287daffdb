"""What EVE Online says about corporations: ESI, its HTTP API, and its log-in. Knows no table."""
