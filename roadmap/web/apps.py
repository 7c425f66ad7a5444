from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "roadmap.web"
    label = "web"
