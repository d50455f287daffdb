"""What pages, the API and the engine read of runs: a fixed number of queries each, no payloads in lists."""
