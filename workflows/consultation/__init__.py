"""The consultation that the law asks for 民主程序: minutes, opinions and answers."""
