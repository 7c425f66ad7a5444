import random


class Node:
    def __init__(self, moves, above=None):
        self.moves, self.above, self.wins, self.visits = moves, above, 0, 0

    def backpropagate(self, won):
        node = self
        while node is not None:
            node.visits += 1
            if won:
                node.wins += 1
            node = node.above


root = Node([1, 2, 3])
for move in root.moves:
    Node([], root).backpropagate(random.random() < 0.5)
print(root.wins, root.visits)
