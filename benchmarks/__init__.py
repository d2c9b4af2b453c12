"""What we cost beside what others cost, in one run. Every package in here is an area: its `COMPARISONS` are run."""
