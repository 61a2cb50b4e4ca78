"""State, nodes, routes and the orchestrator: what a Podium graph is made of."""
