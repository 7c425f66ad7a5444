from django.apps import AppConfig


class CurriculumConfig(AppConfig):
    name = "roadmap.curriculum"
    label = "curriculum"

    def ready(self) -> None:
        from . import own_sections, sections

        for section in (own_sections.STAGE_SECTION, own_sections.STATEMENT_SECTION, own_sections.RESOURCE_SECTION):
            sections.register(section)
