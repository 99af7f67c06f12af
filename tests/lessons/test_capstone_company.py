"""Lesson 7.1: the firm of each class, its exercises, the plan and the debrief."""
