from collections import deque


def islands(grid):
    land = {(x, y) for y, row in enumerate(grid) for x, cell in enumerate(row) if cell == "1"}
    count = 0
    while land:
        waiting = deque([land.pop()])
        count += 1
        while waiting:
            x, y = waiting.popleft()
            for step in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if step in land:
                    land.remove(step)
                    waiting.append(step)
    return count
