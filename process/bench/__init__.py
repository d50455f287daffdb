"""``make bench-processes``: a step in a great process, and a person's list among a million sessions."""
