"""A policy’s definitions in an order that works, as layers."""
