"""Labelers at work while the installation is killed around them; what must be true afterwards."""
