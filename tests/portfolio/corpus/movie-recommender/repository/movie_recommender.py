import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity

movies = pd.read_csv("movies.csv").fillna("")


def soup(row):
    return " ".join([row["genres"], row["cast"], row["keywords"]])


movies["soup"] = movies.apply(soup, axis=1)
matrix = CountVectorizer(stop_words="english").fit_transform(movies["soup"])
similarity = cosine_similarity(matrix)
places = {title: place for place, title in enumerate(movies["title"])}


def recommend(title, number=5):
    if title not in places:
        return movies.nlargest(number, "votes")["title"].tolist()
    scores = sorted(enumerate(similarity[places[title]]), key=lambda pair: -pair[1])
    return [movies["title"][place] for place, _ in scores[1 : number + 1]]


for title in ["Heat", "Alien"]:
    print(title, recommend(title))
