"""What is when, by a plan's own words: the items of a plan that have a time."""
