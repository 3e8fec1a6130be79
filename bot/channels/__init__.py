"""The doors for chat, one small file each."""
