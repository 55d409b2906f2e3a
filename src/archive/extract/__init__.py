"""Payload to text and claims: one module for each source of claims."""
