"""A folder of content files that tests write, edit, load and dump."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from roadmap.curriculum.dumper import dump
from roadmap.curriculum.files import load_yaml
from roadmap.curriculum.loader import Report, load
from roadmap.curriculum.patch import patch
from roadmap.curriculum.sections import kinds

Document = dict[str, Any]


def skill(slug: str, **fields: Any) -> Document:
    """A skill with the least that is valid."""
    return {
        "slug": slug,
        "title": f"Learn {slug}",
        "summary": f"What {slug} is.",
        "level": 1,
        "hours": 2,
        "necessity": "must",
        "done": [{"key": "a", "text": "You explain it."}, {"key": "b", "text": "You use it."}],
        "why": "It matters.\n\nReally.",
        "how": "Do this:\n\n```python\nprint(1)\n```",
        "pitfalls": ["Too much haste."],
        "first_task": "Try it.",
        "next": "Later skills.",
        "origin": "beyond",
        **fields,
    }


def stage(slug: str, number: int, skills: list[Document], **fields: Any) -> Document:
    statement = f"s{number}-1"
    return {
        "slug": slug,
        "number": number,
        "title": f"The stage {slug}",
        "short": slug,
        "goal": "Know it.",
        "why": "It matters.",
        "body": "One step.\n\nAnd another.",
        "advice": [{"slug": f"advice-{slug}", "text": "Take your time.", "carries": [statement]}],
        "skills": skills,
        "projects": [
            {
                "slug": f"project-{slug}",
                "title": "Build it",
                "brief": "For somebody.",
                "data": "Some.",
                "baseline": "The mean.",
                "hours": 8,
                "skills": [skills[0]["slug"]],
                "rubric": [{"title": "It runs", "levels": ["No", "Once", "Yes", "Everywhere"]}],
            }
        ],
        **fields,
    }


def resource(slug: str, skills: list[str], **fields: Any) -> Document:
    return {
        "slug": slug,
        "title": f"About {slug}",
        "url": f"https://example.org/{slug}",
        "publisher": "Somebody",
        "kind": "docs",
        "cost": "free",
        "level": "beginner",
        "hours": 1.5,
        "skills": skills,
        "language": "en",
        "checked": "opened",
        **fields,
    }


class Folder:
    """Content files and what they say. Edit `stages`, `resources` or `statements`, then `write()`."""

    def __init__(self, path: Path, stages: list[Document]) -> None:
        self.path = path
        self.stages = {f"stages/{document['number']:02d}-{document['slug']}.yaml": document for document in stages}
        self.resources = [resource(f"{kind}-{held['slug']}", [held["slug"]]) for held in self.skills for kind in ("read", "watch")]
        self._written: dict[str, Any] = {}
        self.statements = [
            {"id": f"s{document['number']}-1", "stage": document["slug"], "kind": "claim", "says": f"{document['slug']} is good."}
            for document in stages
        ]
        self.write()

    @property
    def skills(self) -> Iterator[Document]:
        return (held for document in self.stages.values() for held in document["skills"])

    def skill(self, slug: str) -> Document:
        return next(held for held in self.skills if held["slug"] == slug)

    def stage(self, slug: str) -> Document:
        return next(document for document in self.stages.values() if document["slug"] == slug)

    def stage_of(self, slug: str) -> Document:
        return next(document for document in self.stages.values() if any(held["slug"] == slug for held in document["skills"]))

    def add(self, stage: str, held: Document) -> None:
        """A skill at the end of a stage, with the two resources that it must have."""
        self.stage(stage)["skills"].append(held)
        self.resources += [resource(f"{kind}-{held['slug']}", [held["slug"]]) for kind in ("read", "watch")]

    def take_out(self, slug: str) -> Document:
        """Takes a skill off the list of its stage; what names it stays."""
        held = self.skill(slug)
        self.stage_of(slug)["skills"].remove(held)
        return held

    def forget(self, slug: str) -> None:
        """Takes out every name of a skill, as an editor does who lets it go."""
        for held in self.skills:
            held["needs"] = [need for need in held.get("needs", []) if need != slug]
        for document in self.stages.values():
            for project in document["projects"]:
                project["skills"] = [name for name in project["skills"] if name != slug] or [document["skills"][0]["slug"]]
        self.resources = [held for held in self.resources if held["skills"] != [slug]]
        for held in self.resources:
            held["skills"] = [name for name in held["skills"] if name != slug]

    def rename(self, slug: str, new: str) -> None:
        """Gives a skill another slug wherever it is named."""
        held = self.skill(slug)
        held["slug"], held["formerly"] = new, [*held.get("formerly", []), slug]
        for document in self.stages.values():
            for part in (*document["skills"], *document["projects"], *document.get("retired", [])):
                for name in ("needs", "skills", "replaced_by"):
                    if slug in part.get(name, ()):
                        part[name] = [new if key == slug else key for key in part[name]]
        for named in self.resources:
            named["skills"] = [new if key == slug else key for key in named["skills"]]

    def texts(self) -> dict[str, str]:
        """Every file as it stands on disk."""
        return {file.relative_to(self.path).as_posix(): file.read_text() for file in sorted(self.path.rglob("*.yaml"))}

    def write(self) -> None:
        documents: dict[str, Any] = {**self.stages, "resources.yaml": self.resources, "statements.yaml": self.statements}
        for name, document in documents.items():
            file = self.path / name
            if file.exists() and self._written.get(name) == document:
                continue
            self._written[name] = deepcopy(document)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(patch(file.read_text() if file.exists() else "", document))
        for file in self.path.glob("stages/*.yaml"):
            if file.relative_to(self.path).as_posix() not in self.stages:
                file.unlink()

    def read(self) -> None:
        """Takes over what stands on disk."""
        documents = {name: load_yaml(text) for name, text in self.texts().items()}
        self._written = deepcopy(documents)
        self.resources, self.statements = documents.pop("resources.yaml"), documents.pop("statements.yaml")
        self.stages = documents

    def load(self, **options: Any) -> Report:
        """Writes the files and loads them."""
        self.write()
        return load(self.path, **options)

    def dump(self, **options: Any) -> list[str]:
        """Dumps into the files and reads them again."""
        paths = dump(self.path, **options)
        self.read()
        return paths


def everything() -> dict[tuple[str, str], dict[str, object]]:
    """All content of the database, in plain data."""
    return {entry.ref: entry.fields for kind in kinds().values() for entry in kind.read()}
