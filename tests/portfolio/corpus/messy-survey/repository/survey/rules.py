LIMITS = {"hours": (0, 80), "income": (0, 500_000)}
