"""Strategies as workflows over prediction markets: tapes, paper trading, backtests, live orders behind locks."""
