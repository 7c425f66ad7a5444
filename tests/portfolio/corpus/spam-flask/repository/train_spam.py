import pickle

import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

messages = pd.read_csv("sms.tsv", sep="\t", names=["label", "text"])
train, test = train_test_split(messages, stratify=messages.label, random_state=1)
model = make_pipeline(TfidfVectorizer(min_df=2), MultinomialNB())
model.fit(train.text, train.label == "spam")
guess = model.predict(test.text)
print(precision_score(test.label == "spam", guess), recall_score(test.label == "spam", guess))
pickle.dump(model, open("spam.pkl", "wb"))
