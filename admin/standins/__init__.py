"""Stand-ins: naming one, and acting for somebody."""
