"""
import pandas as pd
pd.read_csv("a.csv").fillna(0)
"""

# import numpy as np
# from sklearn.linear_model import LogisticRegression
# LogisticRegression().fit(X, y)

CODE = "import seaborn as sns; sns.heatmap(df.corr())"
QUERY = '''
from transformers import pipeline
pipeline("sentiment-analysis")
'''
print(CODE, QUERY)
