"""The exit codes of every command; the last two are what a shell has for SIGINT and SIGPIPE."""

FAILED, USAGE_ERROR, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141
