"""The pipeline from raw rows to a price."""

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["area", "rooms", "year_built"]
CATEGORIES = ["district"]


def build(alpha: float = 1.0) -> TransformedTargetRegressor:
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
            ("categories", OneHotEncoder(handle_unknown="ignore"), CATEGORIES),
        ]
    )
    return TransformedTargetRegressor(make_pipeline(columns, Ridge(alpha)), func=np.log1p, inverse_func=np.expm1)
