"""One module for each question that is measured.

Each has a function ``measure(ground)`` which gives figures.  Not for: running or timing
programs (`bench.measure`), nor what they work on (`bench.ground`).
"""
