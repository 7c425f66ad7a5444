"""What builds on what, followed through replacements: who needs a retired skill needs what stands in its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .models import Prerequisite, Skill
from .rules import find_cycle


@dataclass(frozen=True, slots=True)
class Node:
    """A skill among the others, all by their slugs."""

    group: str
    is_retired: bool
    needs: Sequence[str]
    replaced_by: Sequence[str]


def read_graph() -> dict[str, Node]:
    """All skills of the database, in three statements."""
    needs: dict[str, list[str]] = {}
    for skill, need in Prerequisite.objects.values_list("skill__slug", "needs__slug"):
        needs.setdefault(skill, []).append(need)
    replaced_by: dict[str, list[str]] = {}
    for skill, replacement in Skill.replaced_by.through.objects.values_list("from_skill__slug", "to_skill__slug"):
        replaced_by.setdefault(skill, []).append(replacement)
    return {
        slug: Node(group, retired_at is not None, needs.get(slug, ()), replaced_by.get(slug, ()))
        for slug, group, retired_at in Skill.objects.order_by("stage__position", "position", "pk").values_list(
            "slug", "group", "retired_at"
        )
    }


def successors(graph: Mapping[str, Node], skill: str) -> list[str]:
    """The skills on the roadmap that one stands for: itself, or what replaces it in the end."""
    waiting, seen, found = [skill], set[str](), list[str]()
    while waiting:
        following = waiting.pop(0)
        if following in seen or (node := graph.get(following)) is None:
            continue
        seen.add(following)
        if node.is_retired:
            waiting.extend(node.replaced_by)
        else:
            found.append(following)
    return found


def leads_back(graph: Mapping[str, Node], skill: str) -> bool:
    """Whether the replacements of a retired skill lead to itself again."""
    waiting, seen = list(graph[skill].replaced_by), set[str]()
    while waiting:
        following = waiting.pop()
        if following == skill:
            return True
        if following not in seen:
            seen.add(following)
            node = graph.get(following)
            waiting.extend(node.replaced_by if node and node.is_retired else ())
    return False


def circle(graph: Mapping[str, Node]) -> tuple[str, ...]:
    """Skills of which each needs the next and the last the first, so that nobody could begin; empty if there are none."""
    needs = {
        skill: [following for need in node.needs for following in successors(graph, need) if following != skill]
        for skill, node in graph.items()
        if not node.is_retired
    }
    return find_cycle(needs, {skill: node.group for skill, node in graph.items()})
