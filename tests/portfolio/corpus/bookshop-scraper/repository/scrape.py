import csv
import time
from urllib.robotparser import RobotFileParser

import requests
from bs4 import BeautifulSoup

SITE = "https://books.example"
HEADERS = {"User-Agent": "bookshop-study (mail@example.org)"}


def allowed(path):
    robots = RobotFileParser(SITE + "/robots.txt")
    robots.read()
    return robots.can_fetch(HEADERS["User-Agent"], SITE + path)


def books(page):
    response = requests.get(f"{SITE}/page/{page}", headers=HEADERS, timeout=10)
    soup = BeautifulSoup(response.text, "html.parser")
    for item in soup.select("article.book"):
        price = item.select_one(".price")
        yield item.h3.get_text(strip=True), price.get_text(strip=True) if price else None


def main():
    if not allowed("/page/1"):
        raise SystemExit("robots.txt says no")
    with open("books.csv", "w", newline="") as file:
        writer = csv.writer(file)
        for page in range(1, 11):
            writer.writerows(books(page))
            time.sleep(2)


if __name__ == "__main__":
    main()
