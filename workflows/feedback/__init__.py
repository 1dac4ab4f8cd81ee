"""Feedback 绩效面谈: the conversation about a result, and what is said back."""
