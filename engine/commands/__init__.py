"""Commands: one function per verb, each one transaction."""
