"""The guarded child process, in which foreign bytes are parsed under limits."""
