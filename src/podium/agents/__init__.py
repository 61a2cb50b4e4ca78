"""Planner, retriever, executor and critic: a contract each, a language-model and an offline implementation."""
