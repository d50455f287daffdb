"""Polymarket's JSON as the domain's values: pure parsers, which read a thing wholly or raise BadWire.

What they do not know, a field, a kind or a value of an enumeration, they pass over and count in Unknown.
"""
