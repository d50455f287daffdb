"""Polymarket's APIs, as the wire has them, turned into the domain's messages."""
