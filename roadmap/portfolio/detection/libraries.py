"""What detection knows of libraries: under which names one thing goes, and what comes out of a call.

Names are full ones (`pandas.read_csv`); types are names too. The tables say only what rules need: a gap makes a method unknown, and an
unknown method shows nothing, so a gap costs recall and never precision.
"""

from dataclasses import dataclass
from functools import lru_cache

FRAME, SERIES, GROUPS = "pandas.DataFrame", "pandas.Series", "pandas.api.typing.DataFrameGroupBy"
ARRAY, TENSOR = "numpy.ndarray", "torch.Tensor"
LAZY, POLARS = "polars.LazyFrame", "polars.DataFrame"
AXES, FIGURE = "matplotlib.axes.Axes", "matplotlib.figure.Figure"
EITHER = (FRAME, SERIES)

# --- One thing, several names: a prefix and what stands for it. The first that fits is taken, then all are tried again. ---

ALIASES = {
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tensorflow.contrib.keras": "keras",
    "tensorflow.compat.v1": "tensorflow",
    "tensorflow.compat.v2": "tensorflow",
    "tf_keras": "keras",
    "keras.api": "keras",
    "keras.src": "keras",
    "keras.models.Sequential": "keras.Sequential",
    "keras.models.Model": "keras.Model",
    "keras.engine.training.Model": "keras.Model",
    "keras.engine.sequential.Sequential": "keras.Sequential",
    "keras.layers.core": "keras.layers",
    "keras.layers.convolutional": "keras.layers",
    "keras.layers.pooling": "keras.layers",
    "keras.layers.recurrent": "keras.layers",
    "keras.layers.embeddings": "keras.layers",
    "keras.layers.normalization": "keras.layers",
    "pylab": "matplotlib.pyplot",
    "matplotlib.pylab": "matplotlib.pyplot",
    "pandas.core.frame.DataFrame": FRAME,
    "pandas.core.series.Series": SERIES,
    "pandas.core.groupby": "pandas.api.typing",
    "pandas.core.reshape.tile": "pandas",
    "pandas.core.reshape.merge": "pandas",
    "pandas.core.reshape.pivot": "pandas",
    "pandas.io.parsers": "pandas",
    "pandas.io.excel": "pandas",
    "pandas.io.json.json_normalize": "pandas.json_normalize",
    "pandas.io.sql": "pandas",
    "pandas.tools.plotting": "pandas.plotting",
    "sklearn.cross_validation": "sklearn.model_selection",
    "sklearn.grid_search": "sklearn.model_selection",
    "sklearn.learning_curve": "sklearn.model_selection",
    "sklearn.externals.joblib": "joblib",
    "sklearn.preprocessing.Imputer": "sklearn.impute.SimpleImputer",
    "sklearn.preprocessing.imputation.Imputer": "sklearn.impute.SimpleImputer",
    "sklearn.preprocessing.data": "sklearn.preprocessing",
    "sklearn.preprocessing.label": "sklearn.preprocessing",
    "sklearn.linear_model.logistic": "sklearn.linear_model",
    "sklearn.linear_model.base": "sklearn.linear_model",
    "sklearn.linear_model.ridge": "sklearn.linear_model",
    "sklearn.linear_model.coordinate_descent": "sklearn.linear_model",
    "sklearn.linear_model.stochastic_gradient": "sklearn.linear_model",
    "sklearn.ensemble.forest": "sklearn.ensemble",
    "sklearn.ensemble.gradient_boosting": "sklearn.ensemble",
    "sklearn.ensemble.weight_boosting": "sklearn.ensemble",
    "sklearn.tree.tree": "sklearn.tree",
    "sklearn.svm.classes": "sklearn.svm",
    "sklearn.neighbors.classification": "sklearn.neighbors",
    "sklearn.neighbors.regression": "sklearn.neighbors",
    "sklearn.cluster.k_means": "sklearn.cluster",
    "sklearn.cluster.hierarchical": "sklearn.cluster",
    "sklearn.decomposition.pca": "sklearn.decomposition",
    "sklearn.manifold.t_sne": "sklearn.manifold",
    "sklearn.metrics.classification": "sklearn.metrics",
    "sklearn.metrics.regression": "sklearn.metrics",
    "sklearn.metrics.ranking": "sklearn.metrics",
    "sklearn.metrics.scorer": "sklearn.metrics",
    "sklearn.datasets.base": "sklearn.datasets",
    "numpy.core": "numpy",
    "numpy.ma.core": "numpy.ma",
    "scipy.stats.stats": "scipy.stats",
    "scipy.stats.morestats": "scipy.stats",
    "scipy.stats.distributions": "scipy.stats",
    "torch.nn.modules.linear": "torch.nn",
    "torch.nn.modules.conv": "torch.nn",
    "torch.nn.modules.module": "torch.nn",
    "torch.nn.modules.container": "torch.nn",
    "torch.nn.modules.loss": "torch.nn",
    "torch.nn.modules": "torch.nn",
    "torch.utils.data.dataloader": "torch.utils.data",
    "torch.utils.data.dataset": "torch.utils.data",
    "torch.optim.adam": "torch.optim",
    "torch.optim.adamw": "torch.optim",
    "torch.optim.sgd": "torch.optim",
    "torch.autograd.Variable": TENSOR,
    "pytorch_lightning": "lightning",
    "lightning.pytorch": "lightning",
    "xgboost.sklearn": "xgboost",
    "xgboost.training": "xgboost",
    "lightgbm.sklearn": "lightgbm",
    "lightgbm.engine": "lightgbm",
    "catboost.core": "catboost",
    "statsmodels.regression.linear_model.OLS": "statsmodels.api.OLS",
    "statsmodels.discrete.discrete_model.Logit": "statsmodels.api.Logit",
    "statsmodels.formula.api.OLS": "statsmodels.formula.api.ols",
    "pandera.pandas": "pandera",
    "pandera.api.pandas.container": "pandera",
    "pydantic.v1": "pydantic",
    "fastapi.applications": "fastapi",
    "fastapi.routing.APIRouter": "fastapi.APIRouter",
    "starlette.testclient": "fastapi.testclient",
    "flask.app.Flask": "flask.Flask",
    "flask.blueprints.Blueprint": "flask.Blueprint",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.sql.text": "sqlalchemy.text",
    "sqlalchemy.sql.expression.text": "sqlalchemy.text",
    "requests.api": "requests",
    "requests.sessions.Session": "requests.Session",
    "requests.session": "requests.Session",
    "transformers.pipelines": "transformers",
    "transformers.trainer.Trainer": "transformers.Trainer",
    "transformers.training_args.TrainingArguments": "transformers.TrainingArguments",
    "transformers.models.auto": "transformers",
    "datasets.load.load_dataset": "datasets.load_dataset",
    "bs4.element": "bs4",
    "BeautifulSoup.BeautifulSoup": "bs4.BeautifulSoup",
    "hdbscan.hdbscan_": "hdbscan",
    "umap.umap_": "umap",
    "nltk.sentiment.vader.SentimentIntensityAnalyzer": "nltk.sentiment.SentimentIntensityAnalyzer",
    "vaderSentiment.vaderSentiment.SentimentIntensityAnalyzer": "nltk.sentiment.SentimentIntensityAnalyzer",
    "surprise.prediction_algorithms.matrix_factorization": "surprise",
    "prometheus_client.metrics": "prometheus_client",
    "optuna.study.create_study": "optuna.create_study",
    "mlflow.tracking.fluent": "mlflow",
    "airflow.models.DAG": "airflow.DAG",
    "airflow.models.dag.DAG": "airflow.DAG",
    "typing_extensions": "typing",
    "urllib2": "urllib.request",
}


@lru_cache(maxsize=20_000)
def canonical(name: str) -> str:
    """The name by which a rule and a use of the same thing meet."""
    for _ in range(4):
        parts = name.split(".")
        # sklearn.ensemble._forest.RandomForestClassifier: where a class is kept is no part of its public name.
        if len(parts) > 2 and any(part.startswith("_") and not part.startswith("__") for part in parts[1:-1]):
            parts = [parts[0], *(part for part in parts[1:-1] if not part.startswith("_") or part.startswith("__")), parts[-1]]
            name = ".".join(parts)
        for length in range(len(parts), 0, -1):
            if other := ALIASES.get(".".join(parts[:length])):
                name = ".".join([other, *parts[length:]])
                break
        else:
            return name
    return name


@lru_cache(maxsize=20_000)
def spellings(name: str) -> tuple[str, ...]:
    """The name as it was written and the one that rules use."""
    return (name,) if (other := canonical(name)) == name else (other, name)


# Libraries in which a function or class has one name wherever it is kept: `statsmodels.stats.api.anova_lm`, `statsmodels.stats.anova.anova_lm`.
FLAT = frozenset({"sklearn", "statsmodels", "xgboost", "lightgbm", "catboost", "transformers", "imblearn"})

# Other libraries that one hands on to whoever imports everything from it, under their usual names.
_FASTAI = {
    "np": "numpy",
    "pd": "pandas",
    "plt": "matplotlib.pyplot",
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "Path": "pathlib.Path",
}
GIVEN_BY_STAR = {"fastai": _FASTAI, "fastbook": _FASTAI}

# --- What comes out of a call: the type, and the calls that answer it. ---


def _table(*rows: tuple[tuple[str, ...], str, str]) -> dict[str, tuple[str, ...]]:
    return {prefix + name: types for types, prefix, names in rows for name in names.split()}


_SAME = """abs add add_prefix add_suffix apply applymap map asfreq asof astype between_time bfill clip combine_first convert_dtypes copy cummax
 cummin cumprod cumsum diff div drop drop_duplicates dropna ffill fillna first head infer_objects interpolate isin isna isnull last loc mask
 mul nlargest notna notnull nsmallest pct_change pipe rank reindex rename rename_axis replace round sample shift sort_index
 sort_values sub tail truediv truncate tz_convert tz_localize where pow mod transform update"""

RETURNS: dict[str, tuple[str, ...]] = _table(
    (
        (FRAME,),
        "pandas.",
        "read_csv read_excel read_json read_parquet read_sql read_sql_query read_sql_table read_table read_feather read_pickle",
    ),
    (
        (FRAME,),
        "pandas.",
        "read_hdf read_fwf read_xml read_clipboard read_stata read_spss read_gbq read_orc DataFrame merge merge_asof melt",
    ),
    ((FRAME,), "pandas.", "crosstab pivot_table pivot get_dummies json_normalize wide_to_long"),
    (EITHER, "pandas.", "concat to_datetime to_numeric cut qcut"),
    ((FRAME,), FRAME + ".", _SAME),
    (
        (FRAME,),
        FRAME + ".",
        "assign corr cov describe eval explode filter from_dict from_records get_dummies join melt merge pivot pivot_table",
    ),
    ((FRAME,), FRAME + ".", "query reset_index select_dtypes set_axis set_index swaplevel T transpose unstack"),
    (
        (SERIES,),
        FRAME + ".",
        "all any count duplicated eq idxmax idxmin kurt max mean median min mode ne nunique pop prod quantile sem skew",
    ),
    ((SERIES,), FRAME + ".", "squeeze stack std sum value_counts var memory_usage dtypes get"),
    (EITHER, FRAME + ".", "agg aggregate iloc loc xs stack"),
    ((GROUPS,), FRAME + ".", "groupby"),
    ((SERIES,), SERIES + ".", _SAME),
    ((SERIES,), SERIES + ".", "between eq explode ge gt le lt mode ne quantile repeat reset_index sort unstack value_counts str dt cat"),
    (EITHER, SERIES + ".", "reset_index unstack agg aggregate iloc loc"),
    ((FRAME,), SERIES + ".", "to_frame"),
    ((GROUPS,), SERIES + ".", "groupby"),
    ((ARRAY,), SERIES + ".", "to_numpy unique values"),
    ((ARRAY,), FRAME + ".", "to_numpy values"),
    ((AXES,), FRAME + ".", "plot hist boxplot plot.bar plot.barh plot.hist plot.line plot.scatter plot.box plot.pie plot.kde"),
    ((AXES,), SERIES + ".", "plot hist plot.bar plot.barh plot.hist plot.line plot.box plot.pie plot.kde"),
    (EITHER, GROUPS + ".", "agg aggregate apply count cumcount cumsum describe diff filter first head last max mean median min nunique"),
    (
        EITHER,
        GROUPS + ".",
        "quantile rank shift size std sum tail transform value_counts var get_group fillna ffill bfill pct_change idxmax",
    ),
    (("pandas.api.typing.Rolling",), FRAME + ".", "rolling"),
    (("pandas.api.typing.Rolling",), SERIES + ".", "rolling"),
    (("pandas.api.typing.Expanding",), FRAME + ".", "expanding"),
    (("pandas.api.typing.Expanding",), SERIES + ".", "expanding"),
    (("pandas.api.typing.Resampler",), FRAME + ".", "resample"),
    (("pandas.api.typing.Resampler",), SERIES + ".", "resample"),
    (EITHER, "pandas.api.typing.Rolling.", "mean sum std min max median var apply quantile agg corr"),
    (EITHER, "pandas.api.typing.Expanding.", "mean sum std min max median var apply quantile agg corr"),
    (EITHER, "pandas.api.typing.Resampler.", "mean sum std min max median var apply agg count first last ffill interpolate"),
    ((FRAME,), "seaborn.", "load_dataset"),
    (("geopandas.GeoDataFrame", FRAME), "geopandas.", "read_file"),
    ((FRAME,), "sklearn.utils.Bunch.", "frame"),
    ((POLARS,), "polars.", "read_csv read_parquet read_json read_excel read_database from_pandas from_dicts concat"),
    (
        (POLARS,),
        POLARS + ".",
        "filter select with_columns head tail sort join unique drop drop_nulls fill_null rename sample limit slice pivot",
    ),
    ((LAZY,), POLARS + ".", "lazy"),
    ((LAZY,), "polars.", "scan_csv scan_parquet scan_ndjson scan_ipc"),
    ((LAZY,), LAZY + ".", "filter select with_columns head tail sort join unique drop drop_nulls fill_null rename limit slice"),
    (("polars.lazyframe.group_by.LazyGroupBy",), LAZY + ".", "group_by groupby"),
    ((LAZY,), "polars.lazyframe.group_by.LazyGroupBy.", "agg"),
    ((POLARS,), LAZY + ".", "collect"),
    (("polars.dataframe.group_by.GroupBy",), POLARS + ".", "group_by groupby"),
    ((POLARS,), "polars.dataframe.group_by.GroupBy.", "agg"),
    ((FIGURE,), "matplotlib.pyplot.", "figure gcf"),
    ((AXES,), "matplotlib.pyplot.", "axes gca subplot subplot2grid"),
    ((AXES,), FIGURE + ".", "add_subplot add_axes gca subplots"),
    ((AXES,), AXES + ".", "twinx twiny flatten ravel flat"),
    ((FIGURE,), AXES + ".", "get_figure figure"),
    ((AXES,), "seaborn.", "barplot boxplot countplot heatmap histplot kdeplot lineplot regplot scatterplot stripplot swarmplot violinplot"),
    (
        (ARRAY,),
        "numpy.",
        "arange array asarray zeros ones full empty eye identity linspace logspace concatenate stack vstack hstack where dot",
    ),
    (
        (ARRAY,),
        "numpy.",
        "matmul exp log sqrt abs maximum minimum clip reshape ravel squeeze expand_dims repeat tile cumsum diff unique sort",
    ),
    ((ARRAY,), "numpy.", "argsort zeros_like ones_like full_like load loadtxt genfromtxt transpose outer einsum broadcast_to column_stack"),
    ((ARRAY,), ARRAY + ".", "reshape astype copy dot T flatten ravel squeeze transpose clip round cumsum repeat swapaxes take"),
    (("numpy.random.Generator",), "numpy.random.", "default_rng"),
    ((ARRAY,), "numpy.random.", "rand randn randint normal uniform choice permutation random random_sample"),
    ((ARRAY,), "numpy.random.Generator.", "normal uniform integers choice permutation random standard_normal"),
    (
        (TENSOR,),
        "torch.",
        "tensor rand randn randint zeros ones full arange linspace eye from_numpy cat stack matmul mm bmm exp log sum mean",
    ),
    ((TENSOR,), "torch.", "sigmoid softmax relu tanh zeros_like ones_like randn_like empty as_tensor argmax where clamp sqrt abs squeeze"),
    ((TENSOR,), "torch.", "unsqueeze einsum flatten norm dot mul add transpose FloatTensor LongTensor"),
    (
        (TENSOR,),
        TENSOR + ".",
        "to cuda cpu float long half double int view reshape permute transpose squeeze unsqueeze sum mean detach clone",
    ),
    (
        (TENSOR,),
        TENSOR + ".",
        "requires_grad_ contiguous pow exp log sqrt abs matmul mm t T type softmax sigmoid relu clamp flatten mul add",
    ),
    (("torch.optim.Optimizer",), "torch.optim.", "Adam AdamW SGD RMSprop Adagrad"),
    (("sqlite3.Connection",), "sqlite3.", "connect"),
    (("sqlite3.Cursor",), "sqlite3.Connection.", "cursor execute executemany executescript"),
    (("sqlite3.Cursor",), "sqlite3.Cursor.", "execute executemany executescript"),
    (("psycopg.Connection",), "psycopg.", "connect Connection.connect"),
    (("psycopg.Cursor",), "psycopg.Connection.", "cursor execute"),
    (("psycopg2.extensions.connection",), "psycopg2.", "connect"),
    (("psycopg2.extensions.cursor",), "psycopg2.extensions.connection.", "cursor"),
    (("sqlalchemy.Engine",), "sqlalchemy.", "create_engine"),
    (("sqlalchemy.Connection",), "sqlalchemy.Engine.", "connect begin"),
    (("duckdb.DuckDBPyConnection",), "duckdb.", "connect"),
    (("duckdb.DuckDBPyRelation",), "duckdb.", "sql query from_df read_csv read_parquet"),
    (("duckdb.DuckDBPyRelation",), "duckdb.DuckDBPyConnection.", "sql execute query"),
    ((FRAME,), "duckdb.DuckDBPyRelation.", "df to_df fetchdf"),
    (("requests.Response",), "requests.", "get request"),
    (("requests.Response",), "requests.Session.", "get request"),
    (("httpx.Response",), "httpx.", "get request"),
    (("httpx.Response",), "httpx.Client.", "get request"),
    (("optuna.Study",), "optuna.", "create_study"),
    (("xgboost.Booster",), "xgboost.", "train"),
    (("lightgbm.Booster",), "lightgbm.", "train"),
    (("keras.Model",), "keras.", "Sequential Model models.load_model"),
    (("datasets.DatasetDict",), "datasets.", "load_dataset"),
    (("datasets.DatasetDict",), "datasets.DatasetDict.", "map filter train_test_split"),
    (("mysql.connector.connection.MySQLConnection",), "mysql.connector.", "connect"),
    (("mysql.connector.cursor.MySQLCursor",), "mysql.connector.connection.MySQLConnection.", "cursor"),
    (("pymysql.connections.Connection",), "pymysql.", "connect Connect"),
    (("pymysql.cursors.Cursor",), "pymysql.connections.Connection.", "cursor"),
    (("pyspark.sql.SparkSession.builder",), "pyspark.sql.SparkSession.builder.", "appName config master enableHiveSupport remote"),
    (("pyspark.sql.SparkSession",), "pyspark.sql.SparkSession.builder.", "getOrCreate"),
    (("pyspark.sql.DataFrame",), "pyspark.sql.SparkSession.", "sql table createDataFrame read.csv read.json read.parquet"),
    (("pyspark.sql.DataFrame",), "pyspark.sql.DataFrame.", "select filter where withColumn drop dropna fillna join distinct orderBy limit"),
)

# Calls that answer several things at once.
SEVERAL: dict[str, tuple[tuple[str, ...], ...]] = {
    "matplotlib.pyplot.subplots": ((FIGURE,), (AXES,)),
    "matplotlib.pyplot.subplot_mosaic": ((FIGURE,), (AXES,)),
    "numpy.linalg.svd": ((ARRAY,), (ARRAY,), (ARRAY,)),
    "numpy.linalg.eig": ((ARRAY,), (ARRAY,)),
    "numpy.linalg.eigh": ((ARRAY,), (ARRAY,)),
    "numpy.meshgrid": ((ARRAY,), (ARRAY,)),
}

# What a method passes to the function that it is given.
PASSES: dict[str, tuple[str, ...]] = {
    FRAME + ".apply": (SERIES,),
    FRAME + ".assign": (FRAME,),
    FRAME + ".pipe": (FRAME,),
    FRAME + ".transform": (SERIES,),
    SERIES + ".pipe": (SERIES,),
    GROUPS + ".agg": (SERIES,),
    GROUPS + ".aggregate": (SERIES,),
    GROUPS + ".apply": EITHER,
    GROUPS + ".filter": (FRAME,),
    GROUPS + ".pipe": (GROUPS,),
    GROUPS + ".transform": (SERIES,),
}

# Calls that answer as many pairs as they are given arrays, each of the type of its array.
SPLITS = frozenset({"sklearn.model_selection.train_test_split"})

# Calls that answer what they are given, or go through it.
SAME = frozenset(
    {
        "tqdm.tqdm",
        "tqdm.auto.tqdm",
        "tqdm.notebook.tqdm",
        "tqdm.std.tqdm",
        "tqdm.tqdm_notebook",
        "rich.progress.track",
        "copy.copy",
        "copy.deepcopy",
    }
)

# Methods that answer the object itself, by what its type begins with.
FLUENT: tuple[tuple[str, frozenset[str]], ...] = (
    ("sklearn.", frozenset({"fit", "partial_fit", "set_params", "set_output"})),
    ("torch.nn.", frozenset({"to", "cuda", "cpu", "train", "eval", "half", "float", "double", "requires_grad_", "apply"})),
    ("statsmodels.", frozenset({"fit", "fit_regularized"})),
    ("transformers.", frozenset({"to", "cuda", "eval", "train"})),
)

# What every type of a family is as well, so that `sklearn.base.BaseEstimator.fit` means the method of any estimator.
FAMILIES: tuple[tuple[str, str], ...] = (
    ("sklearn.", "sklearn.base.BaseEstimator"),
    ("torch.nn.", "torch.nn.Module"),
    ("torch.optim.", "torch.optim.Optimizer"),
    ("keras.layers.", "keras.layers.Layer"),
    ("keras.Sequential", "keras.Model"),
    ("geopandas.GeoDataFrame", FRAME),
)

# Methods whose name is plain even where the object came from outside the file: the library that the file must import, libraries whose
# objects have methods of the same name (if one of them is imported too, nothing is known), the types, the methods.
_FRAME_METHODS = """groupby fillna isna isnull notna notnull dropna drop_duplicates duplicated value_counts pivot_table sort_values reset_index
 set_index to_csv to_parquet to_excel to_sql nunique describe select_dtypes iterrows itertuples applymap nlargest nsmallest
 melt resample pct_change combine_first interpolate memory_usage"""


@dataclass(frozen=True, slots=True)
class Clear:
    library: str
    rivals: frozenset[str]
    types: tuple[str, ...]
    methods: frozenset[str]


FRAMES_OF = Clear(
    "pandas",
    frozenset({"pyspark", "dask", "polars", "cudf", "modin", "vaex", "xarray", "ibis", "databricks", "koalas"}),
    EITHER,
    frozenset(_FRAME_METHODS.split()),
)
UNMISTAKABLE: tuple[Clear, ...] = (
    FRAMES_OF,
    Clear("torch", frozenset({"tensorflow", "jax", "mxnet", "paddle"}), (TENSOR,), frozenset({"backward"})),
    Clear("torch", frozenset({"mxnet", "paddle"}), ("torch.optim.Optimizer",), frozenset({"zero_grad"})),
    Clear("torch", frozenset({"paddle"}), ("torch.nn.Module",), frozenset({"state_dict", "load_state_dict"})),
    Clear(
        "sklearn",
        frozenset(),
        ("sklearn.base.BaseEstimator",),
        frozenset({"predict_proba", "fit_transform", "partial_fit", "decision_function"}),
    ),
)

# Attributes of a data frame that are no columns, apart from its methods above.
FRAME_ATTRIBUTES = frozenset("plot index columns values shape size ndim dtypes iloc loc at iat T str dt cat attrs axes empty style".split())


# What any other call of a family answers, by how its name begins.
_FAMILIES_OF_CALLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (SERIES + ".str.", (SERIES,)),
    (SERIES + ".dt.", (SERIES,)),
    (SERIES + ".cat.", (SERIES,)),
    ("numpy.random.RandomState.", (ARRAY,)),
    ("numpy.random.Generator.", (ARRAY,)),
    ("numpy.", (ARRAY,)),
    ("sklearn.datasets.fetch_", ("sklearn.utils.Bunch",)),
    ("sklearn.datasets.load_", ("sklearn.utils.Bunch",)),
)


def types_of(name: str) -> tuple[str, ...]:
    """The types that a call of this name answers, or none that is known."""
    if types := RETURNS.get(name):
        return types
    owner, _, last = name.rpartition(".")
    if not owner:
        return ()
    if last[:1].isupper():
        return (name,)
    for prefix, types in _FAMILIES_OF_CALLS:
        if name.startswith(prefix):
            return types
    kind = owner.rpartition(".")[2]
    if kind[:1].isupper():
        if last.startswith("from_"):
            return (owner,)
        if any(owner.startswith(family) and last in methods for family, methods in FLUENT):
            return (owner,)
    return ()


def families_of(kind: str) -> tuple[str, ...]:
    """A type and what it is as well."""
    return (kind, *(base for prefix, base in FAMILIES if kind.startswith(prefix) and kind != base and _is_class(kind)))


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()
