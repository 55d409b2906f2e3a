"""Forms of a citation that machines read, one module each.  Not for: styles that people read."""
