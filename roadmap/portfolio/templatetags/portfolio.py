"""Filters for what the portfolio shows; every template has them."""

from django import template

from roadmap.portfolio import seen

register = template.Library()

register.filter("in_words", seen.in_words)
