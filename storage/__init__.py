"""What the assistant remembers: the only SQL. Functions take the open transaction first."""
