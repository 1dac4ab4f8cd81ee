"""Figures that no system has 数据提报: reported by one, checked by another, with a file."""
