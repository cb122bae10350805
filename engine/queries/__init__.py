"""Queries: what pages read. Nothing changes, and nobody is shown what he may not see."""
