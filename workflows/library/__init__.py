"""The library to begin from: KPIs with their definitions, and whole policies for a post."""
