import pandas as pd
import requests
import streamlit as st

st.title("Which penguin is it?")
bill = st.number_input("Bill in mm", 30.0, 60.0, 44.0)
flipper = st.number_input("Flipper in mm", 170.0, 240.0, 200.0)
if st.button("Guess"):
    answer = requests.post("http://localhost:8000/predict", json={"bill": bill, "flipper": flipper}, timeout=5)
    shares = pd.DataFrame(answer.json()["shares"], index=["share"]).T
    st.bar_chart(shares)
    st.caption("Trained on 344 birds of three islands; a fourth kind would be guessed wrong.")
