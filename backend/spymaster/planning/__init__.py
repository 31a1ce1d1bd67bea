"""What landed, what was built, what would be built and why."""
