import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

Report([DataDriftPreset()]).run(pd.read_csv("new.csv"), pd.read_csv("old.csv")).save_html("drift.html")
