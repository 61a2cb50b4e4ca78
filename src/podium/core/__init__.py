"""Contracts that every layer shares: errors, evidence, plan, effects, confidence, settings."""
