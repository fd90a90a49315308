"""Where bytes come from: files, pipes and addresses."""
