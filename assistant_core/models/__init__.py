"""What the rooms hand each other: immutable data, no behaviour beyond derived values, no input or output."""
