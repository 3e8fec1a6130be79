"""From a file to facts: the formats, the letterhead, the outline and what is doubtful."""
