from presidio_analyzer import AnalyzerEngine
from presidio_anonymizer import AnonymizerEngine

text = open("letters.txt").read()
print(AnonymizerEngine().anonymize(text, AnalyzerEngine().analyze(text, language="en")).text)
