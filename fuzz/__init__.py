"""Fuzzers: what must hold whatever is read, and two engines that look for what breaks it.

`make fuzz` runs each target for a minute.  Not for: attacks that are known by name, which are
tests (`tests.support.attacks`).
"""
