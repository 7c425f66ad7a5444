from pathlib import Path

import pytest

from roadmap.curriculum.files import CONTENT
from tests.curriculum.folders import Folder, skill, stage


@pytest.fixture
def folder(tmp_path: Path, db: None) -> Folder:
    """Two stages: ground (python, numpy, git) and models (trees, forests); not loaded yet."""
    ground = [skill("python"), skill("numpy", needs=["python"]), skill("git", necessity="nice")]
    either = {"necessity": "alternative", "group": "tree-models"}
    models = [skill("trees", needs=["numpy"], **either), skill("forests", needs=["numpy"], **either)]
    return Folder(tmp_path / "content", [stage("ground", 1, ground), stage("models", 2, models)])


@pytest.fixture
def loaded(folder: Folder) -> Folder:
    """The folder, loaded."""
    folder.load()
    return folder


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """A copy of the product's own content files."""
    copy = tmp_path / "content"
    for file in CONTENT.rglob("*.yaml"):
        target = copy / file.relative_to(CONTENT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    return copy
