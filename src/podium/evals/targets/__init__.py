"""What can be evaluated: a project, any LangGraph graph, a plain function, an assistant on a server."""
