"""The base year of the model."""

BASE_YEAR = 2024
"""First calendar year of the base year of the model, 2024/25: stocks as at the January 2025 census."""
