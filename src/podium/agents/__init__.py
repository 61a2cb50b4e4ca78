"""Planner, retriever, executor and critic: a contract each, two implementations each."""
