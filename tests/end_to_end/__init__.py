"""Journeys through the whole product: real processes, real servers, a real browser."""
