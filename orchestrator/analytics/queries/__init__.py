"""What pages and API read of the history. A fixed number of queries each, over sums only."""
