"""Tracking 绩效辅导: check-ins, measures carried forward, forecasts and alerts."""
