import heapq
from collections import Counter


def top_k(words, k):
    counts = Counter(words)
    heap = []
    for word, count in counts.items():
        heapq.heappush(heap, (count, word))
        if len(heap) > k:
            heapq.heappop(heap)
    return [word for _, word in sorted(heap, reverse=True)]
