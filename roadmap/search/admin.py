from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Unanswered


@admin.register(Unanswered)
class UnansweredAdmin(admin.ModelAdmin):
    """What learners looked for in vain: read here, changed nowhere."""

    list_display = ["words", "count", "last_on"]
    search_fields = ["words"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
