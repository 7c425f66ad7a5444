"""A name counts when code binds it by an import and uses it."""

import pytest

from roadmap.portfolio.detection.report import Rule
from roadmap.portfolio.detection.values import Scope
from tests.portfolio.repositories import is_used, notebook, read, shown

SPLIT = "sklearn.model_selection.train_test_split"


@pytest.mark.parametrize(
    "code",
    [
        "from sklearn.model_selection import train_test_split\ntrain_test_split(x)",
        "from sklearn.model_selection import train_test_split as split\nsplit(x)",
        "from sklearn import model_selection\nmodel_selection.train_test_split(x)",
        "from sklearn import model_selection as ms\nms.train_test_split(x)",
        "import sklearn.model_selection\nsklearn.model_selection.train_test_split(x)",
        "import sklearn.model_selection as ms\nms.train_test_split(x)",
        "from sklearn.model_selection import *\ntrain_test_split(x)",
        "from sklearn.model_selection._split import train_test_split\ntrain_test_split(x)",
        "from sklearn.cross_validation import train_test_split\ntrain_test_split(x)",
        "def main():\n    from sklearn.model_selection import train_test_split\n    train_test_split(x)",
        "try:\n    from sklearn.model_selection import train_test_split\nexcept ImportError:\n    train_test_split = None\ntrain_test_split(x)",
        "if x:\n    from sklearn.model_selection import train_test_split\nelse:\n    train_test_split = None\ntrain_test_split(x)",
        "import sklearn.model_selection as ms\nsplit = ms.train_test_split\nsplit(x)",
        "from sklearn.model_selection import train_test_split\nrun(split=train_test_split)",
        "from sklearn.model_selection import train_test_split\nx = [train_test_split(y) for y in z]",
        "from sklearn.model_selection import train_test_split\nf'{train_test_split(x)}'",
    ],
)
def test_a_function_counts_however_it_was_imported(code: str) -> None:
    assert is_used(code, SPLIT)


@pytest.mark.parametrize(
    "code",
    [
        "# from sklearn.model_selection import train_test_split\n# train_test_split(x)",
        '"""from sklearn.model_selection import train_test_split\ntrain_test_split(x)\n"""',
        "x = 'sklearn.model_selection.train_test_split(x)'",
        "train_test_split(x)",
        "def train_test_split(x): ...\ntrain_test_split(x)",
        "from sklearn.model_selection import *\ndef train_test_split(x): ...\ntrain_test_split(x)",
        "from sklearn.model_selection import *\ntrain_test_split = None\ntrain_test_split(x)",
        "from sklearn.model_selection import train_test_split\ndef train_test_split(x): ...\ntrain_test_split(x)",
        "from helpers import train_test_split\ntrain_test_split(x)",
        "from .model_selection import train_test_split\ntrain_test_split(x)",
        "from sklearn.model_selection import train_test_split\ndef f(train_test_split):\n    train_test_split(x)",
        "from sklearn.model_selection import train_test_split\nfor train_test_split in x:\n    train_test_split(x)",
        "from sklearn.model_selection import train_test_split\ndel train_test_split\ntrain_test_split(x)",
        "import sklearn\nsklearn = None\nsklearn.model_selection.train_test_split(x)",
        "from sklearn.model_selection import train_test_split\nif False:\n    train_test_split(x)",
        "from sklearn.model_selection import train_test_split\ndef f():\n    return 1\n    train_test_split(x)",
        "import sklearn.cluster\nsklearn.cluster.train_test_split_of_mine(x)",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sklearn.model_selection import train_test_split\ntrain_test_split(x)",
    ],
)
def test_what_only_looks_like_it_does_not_count(code: str) -> None:
    assert not is_used(code, SPLIT)


def test_a_finding_says_where_and_what() -> None:
    code = """
        import pandas as pd

        table = pd.read_csv("prices.csv")
    """
    assert shown(code, "pandas.read_csv") == [("used", 4, "calls pandas.read_csv")]


def test_a_call_is_better_than_a_mention_and_comes_first() -> None:
    code = "from torch import nn\nlayers = [nn.Linear]\nnn.Linear(2, 3)\n"
    assert shown(code, "torch.nn.Linear") == [("used", 3, "calls torch.nn.Linear")]


@pytest.mark.parametrize(
    ("code", "call", "seen"),
    [
        ("import pytest\n@pytest.fixture\ndef x(): ...", "pytest.fixture", "decorates with pytest.fixture"),
        ("from torch import nn\nclass Net(nn.Module): ...", "torch.nn.Module", "inherits from torch.nn.Module"),
        ("from scipy import stats\nfit(stats.norm)", "scipy.stats.norm", "uses scipy.stats.norm"),
        ("from scipy import stats\nstats.norm.pdf(x)", "scipy.stats.norm", "uses scipy.stats.norm"),
    ],
)
def test_a_name_counts_in_every_way_of_using_it(code: str, call: str, seen: str) -> None:
    assert [words for _, _, words in shown(code, call)] == [seen]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("from tensorflow.keras.layers import Dense\nDense(1)", "keras.layers.Dense"),
        ("import tensorflow as tf\ntf.keras.layers.Dense(1)", "keras.layers.Dense"),
        ("from tensorflow import keras\nkeras.layers.Dense(1)", "keras.layers.Dense"),
        ("from keras.layers.core import Dense\nDense(1)", "keras.layers.Dense"),
        ("from keras.layers import Dense\nDense(1)", "tensorflow.keras.layers.Dense"),
        ("from keras.models import Sequential\nSequential()", "keras.Sequential"),
        ("from sklearn.ensemble.forest import RandomForestClassifier\nRandomForestClassifier()", "sklearn.ensemble.RandomForestClassifier"),
        ("import numpy as np\nnp.linalg.norm(x)", "numpy.linalg.norm"),
        ("from fastai.vision.all import *\npd.read_csv('x')", "pandas.read_csv"),
        ("from fastai.vision.all import *\nclass Net(nn.Module): ...", "torch.nn.Module"),
        ("from pylab import *\nplot(x)", "matplotlib.pyplot.plot"),
        ("import pytorch_lightning as pl\npl.Trainer()", "lightning.Trainer"),
        ("from sklearn.externals import joblib\njoblib.dump(x)", "joblib.dump"),
        ("from statsmodels.stats.api import anova_lm\nanova_lm(x)", "statsmodels.stats.anova.anova_lm"),
        ("try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\npickle.dump(x)", "pickle.dump"),
        ("import torch\ntorch.nn.functional.relu(x)", "torch.nn.functional.relu"),
        ("import pandas as pd\npd.read_csv('x').merge(y)", "pandas.merge"),
    ],
)
def test_one_thing_counts_under_all_its_public_names(code: str, call: str) -> None:
    assert is_used(code, call)


def test_what_stands_below_a_type_is_another_thing() -> None:
    code = "import pandas as pd\npd.read_csv('x')['a'].str.replace('x', 'y')"
    assert not is_used(code, "pandas.Series.replace")
    assert is_used(code, "pandas.Series.str.replace")


def test_an_argument_counts_only_where_it_is_written() -> None:
    code = "from sklearn.model_selection import train_test_split as split\nsplit(x)\nsplit(x, stratify=y)\n"
    assert shown(code, f"{SPLIT}(stratify)") == [("used", 3, f"calls {SPLIT} with stratify")]
    assert shown(code, f"{SPLIT}(shuffle)") == []
    assert shown(code, f"{SPLIT}(stratify, shuffle)") == []


def test_names_joined_by_plus_must_all_be_used_in_one_file() -> None:
    both = "sklearn.cluster.KMeans + sklearn.metrics.silhouette_score"
    one = "from sklearn.cluster import KMeans\nKMeans(3)\n"
    other = "from sklearn.metrics import silhouette_score\nsilhouette_score(x)\n"
    rule = Rule("skill", calls=(both,))
    assert read({"a.py": one, "b.py": other}, rule).findings == ()
    assert [finding.seen for finding in read({"a.py": one + other}, rule).findings] == [
        "calls sklearn.cluster.KMeans and sklearn.metrics.silhouette_score"
    ]


def test_an_annotation_is_no_use_of_what_it_names() -> None:
    code = "from torch import nn\ndef run(model: nn.Linear) -> nn.Linear:\n    return model\n"
    assert not is_used(code, "torch.nn.Linear")
    assert is_used("from typing import Protocol\nclass P(Protocol): ...", "typing.Protocol")
    assert is_used("from typing import Optional\ndef f(x: Optional[int]): ...", "typing.Optional")


def test_a_module_of_which_only_types_are_written_is_imported_and_not_used() -> None:
    (finding,) = read(
        {"a.py": "import numpy as np\ndef f(x: np.ndarray) -> np.ndarray:\n    return x\n"}, Rule("skill", imports=("numpy",))
    ).findings
    assert (finding.strength, finding.line) == ("imported", 1)


# --- Modules of the repository itself -------------------------------------------------------------------------------

KERAS = "from keras.layers import Dense\nDense(1)\n"


@pytest.mark.parametrize("own", ["keras.py", "keras/__init__.py", "src/keras.py", "app/keras.py"])
def test_a_module_of_the_repository_stands_before_a_library_of_its_name(own: str) -> None:
    rule = Rule("skill", calls=("keras.layers.Dense",), imports=("keras",))
    assert read({"app/main.py": KERAS, own: "x = 1\n"}, rule).findings == ()


@pytest.mark.parametrize("other", ["keras/notes.py", "other/keras.py", "keras.md", "keras/intro.ipynb"])
def test_a_folder_of_a_librarys_name_is_no_module(other: str) -> None:
    rule = Rule("skill", calls=("keras.layers.Dense",))
    assert [finding.path for finding in read({"app/main.py": KERAS, other: "x = 1\n"}, rule).findings] == ["app/main.py"]


# --- Modules, syntax, several ---------------------------------------------------------------------------------------


def test_an_import_counts_as_used_when_anything_of_it_is_used() -> None:
    assert shown("import numpy as np\n\nnp.zeros(3)\n", imports=("numpy",)) == [("used", 3, "imports numpy as np and uses numpy.zeros")]
    assert shown("import numpy as np\n\nnp.linalg.norm(3)\n", imports=("numpy.linalg",))[0][:2] == ("used", 3)
    assert shown("from sklearn.linear_model import Ridge\nRidge()\n", imports=("sklearn.linear_model",))[0][0] == "used"
    assert shown("import tensorflow as tf\ntf.keras.Sequential()\n", imports=("tensorflow",))[0][0] == "used"


def test_an_import_that_nothing_uses_is_said_so() -> None:
    assert shown("import seaborn\n", imports=("seaborn",)) == [("imported", 1, "imports seaborn, and does not use it")]
    assert shown("import seaborn as sns\nsns = 1\nprint(sns)\n", imports=("seaborn",))[0][0] == "imported"
    assert shown("from sklearn.cluster import KMeans\n", "sklearn.cluster.KMeans") == [
        ("imported", 1, "imports KMeans from sklearn.cluster, and does not use it")
    ]
    assert shown("import sklearn.cluster\n", "sklearn.cluster.KMeans") == []


def test_several_different_calls_in_one_file_are_asked_for() -> None:
    rule = {"at_least": 2, "syntax": ("With",)}
    assert shown("import numpy as np\nnp.dot(x)\nnp.dot(y)\n", "numpy.dot", "numpy.matmul", **rule) == []
    assert shown("import numpy as np\nnp.dot(x)\nnp.matmul(y)\n", "numpy.dot", "numpy.matmul", **rule) == [
        ("used", 2, "calls numpy.dot and calls numpy.matmul")
    ]
    assert shown("import numpy as np\nwith x:\n    np.dot(x)\n", "numpy.dot", "numpy.matmul", **rule)[0][0] == "used"


@pytest.mark.parametrize(
    ("code", "syntax"),
    [
        ("def f(): ...", "FunctionDef"),
        ("async def f(): ...", "FunctionDef"),
        ("[x for x in y]", "ListComp"),
        ("a @ b", "MatMult"),
        ("a @= b", "MatMult"),
        ("with x: ...", "With"),
        ("try: ...\nexcept ValueError: ...", "Try"),
        ("class A: ...", "ClassDef"),
        ("raise ValueError", "Raise"),
        ("def f() -> int: ...", "FunctionDef.returns"),
        ("def f(x: int): ...", "arg.annotation"),
        ("from . import x", "ImportFrom.level"),
    ],
)
def test_syntax_counts_by_the_names_of_pythons_grammar(code: str, syntax: str) -> None:
    assert [strength for strength, *_ in shown(code + "\n", syntax=(syntax,))] == ["used"]
    assert shown("def f(x): pass\nx = a * b\nimport y\n", syntax=(syntax,)) == [] or syntax == "FunctionDef"


def test_code_counts_only_within_the_places_that_a_rule_names() -> None:
    code = {"tests/unit/check.py": "import numpy as np\nnp.dot(x)\n", "src/main.py": "import numpy as np\nnp.dot(x)\n"}
    assert [finding.path for finding in read(code, Rule("skill", calls=("numpy.dot",), within=("tests",))).findings] == [
        "tests/unit/check.py"
    ]
    assert [finding.path for finding in read(code, Rule("skill", calls=("numpy.dot",), within=("!tests",))).findings] == ["src/main.py"]
    assert [finding.path for finding in read(code, Rule("skill", calls=("numpy.dot",), within=("src/*.py",))).findings] == ["src/main.py"]


def test_at_most_five_findings_a_skill_in_different_files_first() -> None:
    code = "import numpy as np\nnp.dot(x)\nnp.matmul(x)\n"
    rule = Rule("skill", calls=("numpy.dot", "numpy.matmul"))
    three = read({f"{name}.py": code for name in "abc"}, rule).findings
    assert [(finding.path, finding.line) for finding in three] == [("a.py", 2), ("b.py", 2), ("c.py", 2), ("a.py", 3), ("b.py", 3)]


def test_a_finding_never_carries_control_characters_or_more_than_two_hundred_letters() -> None:
    report = read({f"a{chr(27)}[31m{'b' * 300}.sql": "SELECT 1 FROM x;"}, Rule("skill", files=("*.sql",)))
    (finding,) = report.findings
    assert finding.seen.isprintable()
    assert finding.path.isprintable()
    assert len(finding.seen) == 200


@pytest.mark.parametrize(
    "code",
    [
        'f"{np.dot(x["a"], 1)}"',
        "f'{np.dot(x['a'])!r:>{width['b']}}'",
        'f"{x["a"]}" "more" f"{np.dot(1)=}"',
        'f"{"\\n".join(np.dot(1))}"',
        'f"{f"{np.dot(x["a"])}"}"',
        'f"""{\n  np.dot(x["""a"""])\n}"""',
        'f"{\n  np.dot(1)\n}"',
        "def first[T](x: list[T]) -> T:\n    return np.dot(x)",
        "class Box[T]:\n    x = np.dot(1)",
        "type Row = list[int]\nnp.dot(1)",
        'x = \'# no comment\'  # f"{x["a"]}"\nprint(f"{x[\'b\']}", f"{x["c"]}")\nnp.dot(1)',
    ],
)
def test_code_for_newer_pythons_is_read(code: str) -> None:
    assert is_used(f"import numpy as np\n{code}\n", "numpy.dot")


def test_lines_stay_where_they_are_in_code_for_newer_pythons() -> None:
    code = 'import numpy as np\nx = f"{\n    a["b"]\n}"\ny = 1\nnp.dot(1)\n'
    assert shown(code, "numpy.dot") == [("used", 6, "calls numpy.dot")]


@pytest.mark.parametrize("code", ['f"{', 'f"{x["a"]', 'f"{x:{y"', "f'''{x}", 'f"{x!r', "'", 'f"' + "{f'" * 30])
def test_strings_that_do_not_end_are_no_python(code: str) -> None:
    assert shown(f"import numpy as np\nnp.dot(1)\n{code}\n", "numpy.dot") == []


# --- What one file of the repository lends to another ---------------------------------------------------------------

COMMON = "import pandas as pd\nimport numpy as np\n\n\ndef load(path):\n    return pd.read_csv(path)\n"


@pytest.mark.parametrize(
    ("common", "main", "code"),
    [
        ("common.py", "main.py", "from common import *\nnp.dot(1)\n"),
        ("common.py", "main.py", "from common import np as numbers\nnumbers.dot(1)\n"),
        ("src/common.py", "src/main.py", "from common import *\nnp.dot(1)\n"),
        ("src/common.py", "main.py", "from src.common import *\nnp.dot(1)\n"),
        ("src/common.py", "src/main.py", "from .common import *\nnp.dot(1)\n"),
        ("src/common.py", "src/deep/main.py", "from ..common import *\nnp.dot(1)\n"),
        ("src/__init__.py", "src/main.py", "from . import np\nnp.dot(1)\n"),
        ("package/__init__.py", "main.py", "from package import *\nnp.dot(1)\n"),
        ("common.py", "main.ipynb", notebook("from common import *", "np.dot(1)")),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_names_of_libraries_are_followed_through_own_modules(common: str, main: str, code: str, is_first: bool) -> None:
    files = {common: COMMON, main: code} if is_first else {main: code, common: COMMON}
    assert [finding.path for finding in read(files, Rule("skill", calls=("numpy.dot",))).findings] == [main]


def test_what_own_functions_answer_is_followed_too() -> None:
    files = {"data.py": COMMON, "main.py": "from data import load\ntable = load('x')\ntable.corr()\n"}
    (finding,) = read(files, Rule("skill", calls=("pandas.DataFrame.corr",))).findings
    assert (finding.path, finding.line) == ("main.py", 3)


def test_only_what_a_module_holds_is_lent() -> None:
    files = {"common.py": "import numpy as _np\nnp = None\n", "main.py": "from common import *\nnp.dot(1)\n_np.dot(1)\n"}
    assert read(files, Rule("skill", calls=("numpy.dot",))).findings == ()
    assert (
        read({"other/common.py": COMMON, "main.py": "from common import *\nnp.dot(1)\n"}, Rule("skill", calls=("numpy.dot",))).findings
        == ()
    )


def test_a_method_of_two_types_is_one_kind_of_call() -> None:
    code = "import pandas as pd\ndf = pd.read_csv('x')\ndf.median()\ndf['a'].median()\n"
    calls = ("pandas.DataFrame.median", "pandas.Series.median", "pandas.DataFrame.describe")
    assert shown(code, *calls, at_least=2) == []
    assert shown(code + "df.describe()\n", *calls, at_least=2)[0][0] == "used"


def test_a_use_that_says_something_is_shown_before_one_that_says_little() -> None:
    code = "import numpy as np\nprint(np.__version__)\nnp.random.seed(1)\nnp.dot(1)\n"
    assert shown(code, imports=("numpy",)) == [("used", 4, "imports numpy as np and uses numpy.dot")]


@pytest.mark.parametrize(
    ("code", "entry", "seen"),
    [
        ("def batch_gradient_descent(x):\n    return x\n", "FunctionDef(*gradient_descent*)", "defines batch_gradient_descent"),
        ("def gradientDescent(x):\n    return x\n", "FunctionDef(gradient_descent)", "defines gradientDescent"),
        ("class A:\n    async def backward_pass(self):\n        return 1\n", "FunctionDef(backward*)", "defines backward_pass"),
        ("class KMeans:\n    def fit(self, x):\n        return x\n", "ClassDef(kmeans)", "defines KMeans"),
        ("class K_Means: ...\nclass KMeans2:\n    def fit(self, x):\n        return x\n", "ClassDef(KMeans*)", "defines KMeans2"),
    ],
)
def test_what_is_written_by_hand_counts_by_the_name_of_its_definition(code: str, entry: str, seen: str) -> None:
    assert [words for _, _, words in shown(code, syntax=(entry,))] == [seen]


@pytest.mark.parametrize(
    "body", ["...", "pass", '"""Later."""', "raise NotImplementedError", "raise NotImplementedError('later')", '"""Later."""\n    pass']
)
def test_what_is_only_sketched_does_not_count(body: str) -> None:
    assert shown(f"def gradient_descent():\n    {body}\n", syntax=("FunctionDef(gradient_descent)",)) == []
    assert shown("class KMeans:\n    def fit(self):\n        pass\n", syntax=("ClassDef(KMeans)",)) == []


@pytest.mark.parametrize(
    ("code", "is_shown"),
    [
        ("if x:\n    np = None\nnp.dot(1)", True),
        ("if x:\n    np = None\nelse:\n    np = 1\nnp.dot(1)", False),
        ("try:\n    x()\nexcept ValueError:\n    np = None\nnp.dot(1)", True),
        ("if x:\n    def f():\n        np.dot(1)", True),
        ("if x:\n    if y:\n        other = np\nother.dot(1)", True),
        ("if True:\n    np = 1\nnp.dot(1)", False),
        ("try:\n    pass\nfinally:\n    np = None\nnp.dot(1)", False),
    ],
)
def test_of_several_ways_what_one_makes_known_is_known(code: str, is_shown: bool) -> None:
    assert is_used(f"import numpy as np\n{code}\n", "numpy.dot") is is_shown


def test_the_work_grows_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in names that are looked up: twice the code, twice the work, also where it branches."""
    counted = []
    get = Scope.get
    monkeypatch.setattr(Scope, "get", lambda *arguments: (counted.append(1), get(*arguments))[1])

    def work(times: int) -> int:
        counted.clear()
        piece = "if a{0}:\n    b{0} = np.dot(c)\nelse:\n    b{0} = None\ndef f{0}(x):\n    return f{1}(x) + np.dot(b{0})\n"
        shown("import numpy as np\n" + "".join(piece.format(number, number - 1) for number in range(times)), "numpy.dot")
        return len(counted)

    assert work(400) < 2.1 * work(200) < 4.4 * work(100)


def test_a_long_chain_of_functions_is_read_to_its_end() -> None:
    chain = "".join(f"def f{number}(x):\n    return f{number + 1}(x)\n" for number in range(300))
    code = f"import numpy as np\n{chain}def f300(x):\n    return np.dot(x)\nf0(1)\n"
    assert is_used(code, "numpy.dot")


def test_one_place_is_told_once() -> None:
    code = "from sklearn.cluster import KMeans\nfrom sklearn.metrics import silhouette_score, rand_score\nKMeans()\nsilhouette_score(x)\nrand_score(x)\n"
    kmeans = "sklearn.cluster.KMeans"
    both = (f"{kmeans} + sklearn.metrics.silhouette_score", f"{kmeans} + sklearn.metrics.rand_score")
    assert [line for _, line, _ in shown(code, *both)] == [3]
