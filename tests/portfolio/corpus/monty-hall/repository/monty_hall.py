"""Is it better to change the door? python monty_hall.py"""

import random


def play(change):
    doors = {1, 2, 3}
    car, choice = random.choice(list(doors)), random.choice(list(doors))
    opened = random.choice([door for door in doors if door not in (car, choice)])
    if change:
        choice = (doors - {opened, choice}).pop()
    return choice == car


wins = {True: 0, False: 0}
for change in wins:
    for _ in range(10_000):
        wins[change] += play(change)
print({name: count / 10_000 for name, count in wins.items()})
