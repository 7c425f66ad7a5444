def two_sum(numbers, target):
    """Time O(n), memory O(n)."""
    seen = {}
    for place, number in enumerate(numbers):
        if target - number in seen:
            return seen[target - number], place
        seen[number] = place
    return None
