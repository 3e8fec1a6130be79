"""The doors: commands, settings, channels, and what joins the rooms together."""
