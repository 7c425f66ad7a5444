from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    name = "roadmap.curriculum"
    label = "curriculum"
