"""Benchmarks: each figure beside its peer, or beside what the machine allows, in one run.

For ``make bench``, which is ``python -m bench``.  Not for: tests of behaviour, which lie under
``tests/``; a benchmark only refuses to count a run that did not do the work.
"""
