"""Finds API keys of Argus, for detect-secrets 1.5:

    detect-secrets scan --plugin argus_key.py \\
        --disable-filter detect_secrets.filters.heuristic.is_indirect_reference \\
        --disable-filter detect_secrets.filters.heuristic.is_likely_id_string

The two filters leave out lines that look like `key = variable("...")` or `client_id = ...`, whatever stands in them. The
last six characters of a key are the CRC-32 of all before them: what only looks like a key is not reported.
"""
import re
import zlib

from detect_secrets.plugins.base import RegexBasedDetector

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def checksum(text):
    number, characters = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, place = divmod(number, 62)
        characters = ALPHABET[place] + characters
    return characters


class ArgusKeyDetector(RegexBasedDetector):
    secret_type = "Argus API key"
    denylist = [re.compile(r"\bargus_(?:live|test)_[0-9A-Za-z]{70}\b")]

    def analyze_string(self, string):
        for key in super().analyze_string(string):
            if checksum(key[:-6]) == key[-6:]:
                yield key
