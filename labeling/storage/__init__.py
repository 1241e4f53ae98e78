"""Storage addresses of organizations and the stores that answer them."""

from labeling.storage.addresses import OWN_OUTPUT, Address, parse_address
from labeling.storage.resolver import Found, Location, Resolver

__all__ = ["OWN_OUTPUT", "Address", "Found", "Location", "Resolver", "parse_address"]
