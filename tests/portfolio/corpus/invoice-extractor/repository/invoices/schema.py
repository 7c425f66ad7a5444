from datetime import date

from pydantic import BaseModel, Field, field_validator


class Invoice(BaseModel):
    number: str
    day: date
    total: float = Field(gt=0)

    @field_validator("number")
    @classmethod
    def has_digits(cls, number: str) -> str:
        if not any(letter.isdigit() for letter in number):
            raise ValueError("an invoice number has digits")
        return number
