"""The settings that a stack file may not contain because the program sets them, and the settings to use instead."""
