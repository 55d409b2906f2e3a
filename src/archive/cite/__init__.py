"""Citations: one value in, its text in every style and form out; pure.

``names``, ``dates`` and ``runs`` word the parts; ``styles`` put them in order, one module a style;
``forms`` write them for machines, one module a form; ``quotes`` find passages, ``reading`` finds
citations in what others wrote.  Not for: gathering what is cited (`archive.workflows.cite`).
"""
