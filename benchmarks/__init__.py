"""The budgets of docs/architecture.md, measured: `make bench` prints them, with ratios of the same run."""
