"""Taking over what an older product knew: its candles, test sessions, corrections and implementations."""
