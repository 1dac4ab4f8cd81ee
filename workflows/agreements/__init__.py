"""Everybody's own copy 目标责任书: delivered, opened, signed or declined."""
