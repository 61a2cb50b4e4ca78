"""Running turns: one active run per thread, recorded, streamed, recoverable."""
