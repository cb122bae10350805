"""SpiffWorkflow task specifications of ours, one for each kind of flow node."""
