"""The store: tables, rows to values and back, and the unit of work that alone commits."""
