"""The report's sentences, filled in with the numbers of the truth: what must stand in the PDF."""
import json


def number(n):
    return f"{n:,}"


class Texts:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.root = json.load(f)

    def get(self, key):
        node = self.root
        for part in key.split("."):
            node = node[part]
        return node

    def has(self, key):
        try:
            self.get(key)
        except KeyError:
            return False
        return True

    def fill(self, key, /, **values):
        text = self.get(key)
        for name, value in values.items():
            text = text.replace("{" + name + "}", number(value) if isinstance(value, int) else value)
        return text
