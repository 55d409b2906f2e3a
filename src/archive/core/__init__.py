"""The nouns: frozen values and their arithmetic.  Not for: files, network, clock or chance."""
