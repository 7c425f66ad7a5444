import pickle

from flask import Flask, jsonify, request

app = Flask(__name__)
with open("spam.pkl", "rb") as file:
    model = pickle.load(file)


@app.route("/classify", methods=["POST"])
def classify():
    text = (request.get_json() or {}).get("text", "")
    if not text:
        return jsonify({"error": "text is missing"}), 400
    try:
        score = model.predict_proba([text])[0, 1]
    except ValueError:
        return jsonify({"error": "cannot read this text"}), 422
    return jsonify({"spam": float(score)})
