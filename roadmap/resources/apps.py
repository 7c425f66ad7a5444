from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "roadmap.resources"
    label = "resources"
