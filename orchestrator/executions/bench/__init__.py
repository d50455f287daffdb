"""``make bench``: the engine measured from outside, with peers beside it in the same run.

Four workloads. W1: 40 steps in a row, from the start call to the stored end. W2: 500 runs of 5 steps on
two worker processes. W3: 100 parallel steps and their join. W4: from the commit of a start to its first
step. Machines are noisy, so every figure is a median of several runs and what counts are the ratios.
"""
