"""The HTTP server: LangGraph's Agent Server protocol at its usual paths, ours under `/podium/v1`."""
