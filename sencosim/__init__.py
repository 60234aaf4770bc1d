"""What would protected, senior or full-time SENCOs cost England, who would pay, and what would change?"""

__version__ = "0.1.0"
