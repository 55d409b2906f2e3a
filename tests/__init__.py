"""The tests; folders mirror ``src/archive``.  A package, lest a library's ``tests`` hide it."""
