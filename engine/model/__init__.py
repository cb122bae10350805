"""The engine's values: definitions, steps, records. Frozen, with no behaviour that needs anything else."""
