"""The ticket on paper: what stands on it, the job that prints it, and samples to design it by."""
