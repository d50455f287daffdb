"""How fast trading is: a backtest, a strategy that follows a live market, and the lists of its pages."""
