"""Coding runs: a batch of corrections is worked into the algorithm by a run of the engine."""
