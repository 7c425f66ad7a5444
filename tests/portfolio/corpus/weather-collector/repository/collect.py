"""Fetch hourly measurements page by page, and keep each raw answer."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

ADDRESS = "https://api.weather.example/v1/stations"


@dataclass
class Client:
    """A session that waits and tries again."""

    key: str
    folder: Path = Path("raw")

    def session(self) -> requests.Session:
        session = requests.Session()
        session.mount("https://", HTTPAdapter(max_retries=Retry(3, backoff_factor=1, status_forcelist=[429, 503])))
        return session

    def pages(self, station: str) -> list[dict]:
        found, page = [], 1
        session = self.session()
        while True:
            response = session.get(f"{ADDRESS}/{station}", params={"page": page, "key": self.key}, timeout=10)
            response.raise_for_status()
            (self.folder / f"{station}-{page}.json").write_text(response.text)
            rows = response.json()["rows"]
            if not rows:
                return found
            found += rows
            page += 1


if __name__ == "__main__":
    for station in ["Q100", "Q200"]:
        print(json.dumps({station: len(Client(os.environ["WEATHER_KEY"]).pages(station))}))
