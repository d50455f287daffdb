"""Strategies as workflows on prediction markets: tapes, paper trading, backtests, guarded live orders."""
