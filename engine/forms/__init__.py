"""The forms that HR writes → named definitions."""
