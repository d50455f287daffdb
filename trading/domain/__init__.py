"""Markets, orders and money as plain values: no clock, no database, no network."""
