"""Whose a deal is: disputes, claims 漏单, splits 业绩分成 and handovers 交接, agreed or decided."""
