"""The doors for browsers: the chat page, its limits and its words."""
