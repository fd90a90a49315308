"""Damaged files by the thousand, through the real engine."""
