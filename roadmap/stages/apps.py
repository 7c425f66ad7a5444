from django.apps import AppConfig


class StagesConfig(AppConfig):
    name = "roadmap.stages"
    label = "stages"
