"""What the assistant knows: plans, words, dangers. No SQL, no network, nothing of ours above it."""
