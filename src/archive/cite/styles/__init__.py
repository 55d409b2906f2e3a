"""Citation styles, one module each.  Not for: forms that machines read (`archive.cite.forms`)."""
