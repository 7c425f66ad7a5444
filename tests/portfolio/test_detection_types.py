"""A method counts when what it is called on is known to be of the library."""

import pytest

from tests.portfolio.repositories import is_used

PANDAS = "import pandas as pd\n"


@pytest.mark.parametrize(
    "code",
    [
        "df = pd.read_csv('x')\ndf.corr()",
        "x = pd.DataFrame(rows)\nx.corr()",
        "pd.read_csv('x').dropna().query('a > 1').corr()",
        "x = pd.read_csv('x')\ny = x[['a', 'b']]\ny.corr()",
        "x = pd.read_csv('x')\nx[x.a > 1].corr()",
        "x = pd.concat([a, b])\nx.corr()",
        "def f(x: pd.DataFrame):\n    x.corr()",
        "def f(x: 'pd.DataFrame'):\n    x.corr()",
        "def f(x: pd.DataFrame | None = None):\n    x.corr()",
        "def load():\n    return pd.read_csv('x')\nx = load()\nx.corr()",
        "def load() -> pd.DataFrame:\n    return other()\nx = load()\nx.corr()",
        "def clean(x):\n    return x.corr()\nclean(pd.read_csv('x'))",
        "class A:\n    def __init__(self):\n        self.x = pd.read_csv('x')\n    def f(self):\n        self.x.corr()",
        "class A:\n    def f(self):\n        self.x = pd.read_csv('x')\n        return self\nA().f().x.corr()",
        "for part in pd.read_csv('x', chunksize=100):\n    part.corr()",
        "for name, group in pd.read_csv('x').groupby('a'):\n    group.corr()",
        "import seaborn as sns\nx = sns.load_dataset('tips')\nx.corr()",
        "a, b = pd.read_csv('a'), pd.read_csv('b')\nb.corr()",
        "x = pd.read_csv('x')\nx.drop(columns='a').corr()",
        "x = None\nif y:\n    x = pd.read_csv('x')\nx.corr()",
        "from sklearn.model_selection import train_test_split\na, b = train_test_split(pd.read_csv('x'))\nb.corr()",
        "x = pd.read_csv('x')\nx.pipe(print)\nx.loc[x.a > 1, ['a', 'b']].corr()",
        "def clean(df):\n    return df.corr()",
        "def clean(data):\n    data = data.dropna()\n    return data.corr()",
        "def clean(data):\n    data['a'].fillna(0, inplace=True)\n    return data.corr()",
        "pd.read_csv('x').pipe(lambda x: x.corr())",
        "pd.read_csv('x').groupby('a').apply(lambda x: x.corr())",
        "def score(x):\n    return x.corr()\npd.read_csv('x').groupby('a').apply(score)",
        "def clean(train_df):\n    return train_df.corr()",
    ],
)
def test_data_frames_are_followed(code: str) -> None:
    assert is_used(PANDAS + code, "pandas.DataFrame.corr")


@pytest.mark.parametrize(
    "code",
    [
        "def f(x):\n    x.corr()",
        "def f(x):\n    x.replace('a', 'b')\n    x.corr()",
        "x = 'text'\nx.corr()",
        "x = {}\nx.corr()",
        "class Mine:\n    def corr(self): ...\nMine().corr()",
        "class Mine: ...\ndf = Mine()\ndf.corr()",
        "df = open('x')\ndf.corr()",
        "import polars as pl\ndef f(df):\n    df.corr()",
        "from pyspark.sql import SparkSession\ndef f(df):\n    df.corr()",
        "import numpy as np\nx = np.zeros(3)\nx.corr()",
    ],
)
def test_what_is_not_known_to_be_a_data_frame_shows_nothing(code: str) -> None:
    assert not is_used(PANDAS + code, "pandas.DataFrame.corr")


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("df = pd.read_csv('x')\ndf['a'].median()", "pandas.Series.median"),
        ("df = pd.read_csv('x')\ndf.a.median()", "pandas.Series.median"),
        ("df = pd.read_csv('x')\ndf.loc[df.b > 1, 'a'].median()", "pandas.Series.median"),
        ("df = pd.read_csv('x')\n(df['a'] - df['b']).median()", "pandas.Series.median"),
        ("df = pd.read_csv('x')\ndf.groupby('a')['b'].sum().median()", "pandas.Series.median"),
        ("df = pd.read_csv('x')\ndf['day'] = pd.to_datetime(df['day'])\ndf['day'].dt.month", "pandas.Series.dt"),
        ("df = pd.read_csv('x')\ndf.a.str.strip()", "pandas.Series.str.strip"),
        ("def f(data):\n    data.groupby('a')['b'].transform(lambda x: x.shift(1).rolling(3).mean())", "pandas.Series.rolling"),
        ("df = pd.read_csv('x')\ndf.isna().sum()", "pandas.DataFrame.isna"),
        ("df = pd.read_csv('x')\ndf.a.rolling(7).mean()", "pandas.Series.rolling"),
        ("def f(table):\n    return table.groupby('a')", "pandas.DataFrame.groupby"),
        ("def f(table):\n    table['a'].fillna(0)", "pandas.Series.fillna"),
        ("df = pd.read_csv('x')\ndf.apply(lambda row: row.value_counts())", "pandas.Series.value_counts"),
    ],
)
def test_columns_and_groups_are_followed(code: str, call: str) -> None:
    assert is_used(PANDAS + code, call)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.hist(x)", "matplotlib.axes.Axes.hist"),
        ("import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2, 2)\naxes[0, 1].hist(x)", "matplotlib.axes.Axes.hist"),
        (
            "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2)\nfor ax in axes.flatten():\n    ax.hist(x)",
            "matplotlib.axes.Axes.hist",
        ),
        (
            "import matplotlib.pyplot as plt\nfig, axes = plt.subplots(2)\nfor i, ax in enumerate(axes):\n    ax.hist(x)",
            "matplotlib.axes.Axes.hist",
        ),
        ("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nfig.savefig('x')", "matplotlib.figure.Figure.savefig"),
        (
            "from sklearn.linear_model import SGDClassifier as S\nm = S()\nm.partial_fit(x)",
            "sklearn.linear_model.SGDClassifier.partial_fit",
        ),
        ("from sklearn.svm import SVC\nSVC().fit(x).predict(x)", "sklearn.base.BaseEstimator.predict"),
        ("import sqlite3\nwith sqlite3.connect('x') as c:\n    c.execute('select 1')", "sqlite3.Connection.execute"),
        ("import sqlite3\nc = sqlite3.connect('x')\ncursor = c.cursor()\ncursor.execute('x')", "sqlite3.Cursor.execute"),
        ("import numpy as np\nrng = np.random.default_rng(1)\nrng.poisson(3)", "numpy.random.Generator.poisson"),
        ("import requests\nr = requests.get(x)\nr.json()", "requests.Response.json"),
        ("import requests\ns = requests.Session()\ns.get(x).json()", "requests.Response.json"),
        ("from bs4 import BeautifulSoup\nsoup = BeautifulSoup(x)\nsoup.find_all('a')", "bs4.BeautifulSoup.find_all"),
        ("from tensorflow.keras.models import Sequential\nm = Sequential()\nm.fit(x)", "keras.Model.fit"),
        ("import keras\nclass Net(keras.Model): ...\nNet().fit(x)", "keras.Model.fit"),
        ("import torch\nfrom torch import nn\nloss = nn.MSELoss()(x, y)\nloss.backward()", "torch.Tensor.backward"),
        ("import torch\ndef step(loss):\n    loss.backward()", "torch.Tensor.backward"),
        (
            "from torch import nn\nclass Net(nn.Module):\n    def forward(self, x): ...\nout = Net()(x)\nout.backward()",
            "torch.Tensor.backward",
        ),
        ("import torch\nopt = torch.optim.AdamW(x)\nopt.step()", "torch.optim.Optimizer.step"),
        ("from transformers import AutoModel\nm = AutoModel.from_pretrained('x')\nm.generate(x)", "transformers.AutoModel.generate"),
        ("from sklearn.datasets import fetch_openml\nfetch_openml('x', as_frame=True).frame.corr()", "pandas.DataFrame.corr"),
        ("import numpy as np\nnp.random.RandomState(1).normal(3).dot(x)", "numpy.ndarray.dot"),
        (
            "import mysql.connector\nc = mysql.connector.connect()\nwith c.cursor() as x:\n    x.execute('x')",
            "mysql.connector.cursor.MySQLCursor.execute",
        ),
        ("import pymysql\nx = pymysql.connect().cursor()\nx.execute('x')", "pymysql.cursors.Cursor.execute"),
        (
            "from pyspark.sql import SparkSession\ns = SparkSession.builder.appName('x').getOrCreate()\ns.sql('x')",
            "pyspark.sql.SparkSession.sql",
        ),
        ("from google.cloud import bigquery\nclient = bigquery.Client()\nclient.query('x')", "google.cloud.bigquery.Client.query"),
        ("import polars as pl\npl.scan_csv('x').filter(y).collect()", "polars.LazyFrame.collect"),
        (
            "import pandas as pd\nclass A:\n    @property\n    def df(self):\n        return pd.read_csv('x')\nA().df.corr()",
            "pandas.DataFrame.corr",
        ),
    ],
)
def test_objects_of_other_libraries_are_followed(code: str, call: str) -> None:
    assert is_used(code, call)


def test_an_answer_to_a_post_is_not_taken_for_fetched_data() -> None:
    assert not is_used("import requests\nrequests.post(x).json()", "requests.Response.json")
