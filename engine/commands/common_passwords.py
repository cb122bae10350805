"""Passwords that everybody tries first: words, rows of keys and runs, with digits and signs around them."""

from __future__ import annotations

import re

_WORDS = (
    "password", "passwd", "admin", "administrator", "welcome", "letmein", "iloveyou", "monkey", "dragon",
    "qwerty", "qwertyuiop", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "abc", "abcd", "abcdef", "aaaaaa",
    "woaini", "mima", "nihao", "zhongguo", "wenze", "test", "demo", "root", "user", "guest", "login",
    "changeme", "default", "secret", "system", "sunshine", "princess", "football", "master", "superman",
    "hello",
)  # fmt: skip
_LOOKS = str.maketrans({"@": "a", "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "$": "s"})
_RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
    "a1b2c3d4e5f6",
)
LEAST = 5  #: characters that are left once what everybody knows is taken away


def is_common(password: str) -> bool:
    """Whether too little is left of it without well-known words, runs, years and repetitions."""
    text = re.sub(r"(19|20)\d\d", "", password.lower())
    for pattern in _WORDS:
        text = text.replace(pattern, "")
        if len(pattern) > 4 and pattern in text.translate(_LOOKS):
            text = text.translate(_LOOKS).replace(pattern, "")
    text = re.sub(r"(.)\1{2,}", "", text)
    for run in _RUNS:
        for size in range(len(text), 2, -1):
            for at in range(len(text) - size + 1):
                part = text[at : at + size]
                if part in run:
                    text = text.replace(part, "")
    return len(text) < LEAST
