"""The command line: one module for each verb.  Not for: doing what the verbs promise."""
