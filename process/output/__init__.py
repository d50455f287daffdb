"""Writes books and photos as files. Plain values in, bytes out: no rows, no network, nothing evaluated."""
