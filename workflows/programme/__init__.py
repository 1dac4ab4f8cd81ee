"""The appraisal programme itself, looked at after each quarter."""
