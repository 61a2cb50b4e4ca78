"""`Podium`: reads a project, composes everything, owns its lifetime."""
