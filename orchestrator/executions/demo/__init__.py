"""The demo: people, workflows and runs for a first look, and the service that one of them calls.

Everything here works without a network, and whatever it shows was generated.
"""
