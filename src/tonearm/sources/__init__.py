"""Sources of audio bytes: files, pipes and URLs."""
