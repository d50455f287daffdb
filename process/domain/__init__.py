"""What a guided process decides, as plain values: no database, no clock."""
