r"""
Does a text hold what may belong to a person: addresses of mail, numbers of phones, accounts and cards, IP addresses, keys?

By patterns and checksums, without a model: what is found is a place to look at, and what is not found is no promise. Every
pattern has bounds and looks at each character a fixed number of times, so that the time is linear in the text.

    >>> [(one.kind, one.start, one.end) for one in personal_data("write to ada@mail.org or +49 30 901820")]
    [('a mail address', 9, 21), ('a phone number', 25, 38)]
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

PREFILTER: Final = (
    r"@|\+\d{1,3}(?:[ ().\-/]{0,3}\d){6}|\( ?\d{3} ?\) ?\d{3}[-. ]\d{4}|\d{3}-\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4}"
    r"|0\d{2,4}(?: / |[ /-])\d{5}|\d{14}|\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}|\d{4}[ -]\d{6}[ -]\d{4}"
    r"|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d|[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{3}|[A-Z]{2}\d{2} ?[A-Z0-9]{4} ?[A-Z0-9]{4}"
    r"|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|hf_|sk-|xox|eyJ|AIza|npm_|PRIVATE KEY"
)
"""What every text with such data has, in the syntax of RE2, as Arrow takes it."""
_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:example\.(?:com|org|net)|[\w-]+\.(?:example|test|invalid|localhost))$", re.IGNORECASE
)
_VERSION: Final = re.compile(r"(?:\bv|\bver|\bversion|\brelease|\bbuild|\bfirmware)[ .:]{0,2}$", re.IGNORECASE)
_LEAST_DIGITS: Final = 8  # of an IP address: most have more, and numbers of versions and sections have fewer
_CARD_STARTS: Final = re.compile(r"3[47]|3[068]|4|5[1-5]|2[2-7]|6")
_CARD_LENGTHS: Final = frozenset({14, 15, 16, 19})
# By country, from the registry of ISO 13616.
_IBAN_LENGTHS: Final = {
    word[:2]: int(word[2:])
    for word in [
        "AD24",
        "AE23",
        "AL28",
        "AT20",
        "AZ28",
        "BA20",
        "BE16",
        "BG22",
        "BH22",
        "BR29",
        "BY28",
        "CH21",
        "CR22",
        "CY28",
        "CZ24",
        "DE22",
        "DK18",
        "DO28",
        "EE20",
        "ES24",
        "FI18",
        "FO18",
        "FR27",
        "GB22",
        "GE22",
        "GI23",
        "GL18",
        "GR27",
        "GT28",
        "HR21",
        "HU28",
        "IE22",
        "IL23",
        "IS26",
        "IT27",
        "JO30",
        "KW30",
        "KZ20",
        "LB28",
        "LI21",
        "LT20",
        "LU20",
        "LV21",
        "MC27",
        "MD24",
        "ME22",
        "MK19",
        "MR27",
        "MT31",
        "MU30",
        "NL18",
        "NO15",
        "PK24",
        "PL28",
        "PS29",
        "PT25",
        "QA29",
        "RO24",
        "RS22",
        "SA24",
        "SE24",
        "SI19",
        "SK24",
        "SM27",
        "TN24",
        "TR26",
        "UA29",
        "VG24",
        "XK20",
    ]
}
_PHONE_DIGITS: Final = range(8, 16)


@dataclass(frozen=True, slots=True)
class PersonalDatum:
    """What may belong to a person, half-open in the characters of its text."""

    start: int
    end: int
    kind: str


def personal_data(text: str) -> list[PersonalDatum]:
    """Return what a text holds, in order; of two that overlap, the one whose pattern is the surer."""
    found: list[PersonalDatum] = []
    for kind, pattern, judge in _PATTERNS:
        for match in pattern.finditer(text):
            end = judge(match)
            inside = any(one.start < end and match.start() < one.end for one in found)
            if end and not inside:
                found.append(PersonalDatum(match.start(), end, kind))
    return sorted(found, key=lambda one: one.start)


def masked(text: str) -> str:
    """
    Return as much of a datum as tells which one is meant, and does not give it away.

    >>> masked("ada@mail.org"), masked("DE89370400440532013000")
    ('ad... (12 characters)', 'DE... (22 characters)')

    """
    return f"{text[:2]}... ({len(text)} characters)"


def _whole(match: re.Match[str]) -> int:
    return match.end()


def _mail(match: re.Match[str]) -> int:
    return 0 if _RESERVED.search(match["domain"]) else match.end()


def _account(match: re.Match[str]) -> int:
    """Return where an account number ends, by its checksum; behind it there may be a word in capitals."""
    text = match[0]
    for end in sorted({len(text), *(place.start() for place in re.finditer(" ", text))}, reverse=True):
        number = text[:end].replace(" ", "")
        digits = "".join(str(int(one, 36)) for one in number[4:] + number[:4])
        if len(number) == _IBAN_LENGTHS.get(number[:2]) and int(digits) % 97 == 1:
            return match.start() + end
    return 0


def _card(match: re.Match[str]) -> int:
    digits = [int(one) for one in match[0] if one.isdigit()]
    if len(digits) not in _CARD_LENGTHS or not _CARD_STARTS.match(match[0]) or len(set(digits)) == 1:
        return 0
    doubled = [divmod(2 * one, 10) for one in digits[-2::-2]]
    return 0 if (sum(digits[-1::-2]) + sum(map(sum, doubled))) % 10 else match.end()


def _phone(match: re.Match[str]) -> int:
    return match.end() if sum(map(str.isdigit, match[0])) in _PHONE_DIGITS else 0


def _ip_4(match: re.Match[str]) -> int:
    octets = [int(one) for one in match[0].split(".")]
    if max(octets) > 255 or len(match[0]) < _LEAST_DIGITS + 3 or _VERSION.search(match.string[: match.start()][-12:]):  # noqa: PLR2004 - of a byte
        return 0
    return match.end() if ipaddress.IPv4Address(bytes(octets)).is_global else 0


def _ip_6(match: re.Match[str]) -> int:
    try:
        return match.end() if ipaddress.IPv6Address(match[0]).is_global else 0
    except ValueError:
        return 0


_KEY: Final = (
    r"(?<![A-Za-z0-9_-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{50,255}"
    r"|glpat-[A-Za-z0-9_-]{20,64}|hf_[A-Za-z0-9]{30,64}|sk-[A-Za-z0-9_-]{20,200}|xox[abprs]-[A-Za-z0-9-]{10,100}"
    r"|AIza[0-9A-Za-z_-]{35}|npm_[A-Za-z0-9]{36}"
    r"|eyJ[A-Za-z0-9_-]{10,500}\.eyJ[A-Za-z0-9_-]{10,500}\.[A-Za-z0-9_-]{10,500}"
    r")(?![A-Za-z0-9_])|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
)
_MAIL: Final = (
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+][A-Za-z0-9._%+-]{0,63}(?:@| @ )"
    r"(?P<domain>(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24})(?![A-Za-z0-9@])"
)
_IBAN: Final = r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)"
_CARD: Final = r"(?<![\d.,/-])(?:\d{14,16}|\d{19}|\d{4}(?:[ -]\d{4}){3}|\d{4}[ -]\d{6}[ -]\d{4,5})(?![\d/-]|[.,]\d)"
_PHONE: Final = (
    r"(?<![\w+])\+\d{1,3}(?:[ ().\-/]{0,3}\d){6,13}(?!\d)"
    r"|(?<![\d.,/-])\( ?\d{3} ?\) ?\d{3}[-. ]\d{4}(?!\d)|(?<![\d.,/-])\d{3}([-.])\d{3}\1\d{4}(?![\d-])"
    r"|(?<![\d.,/-])0\d{2,4}(?: / |[ /-])\d{5,8}(?![\d/-]|[.,]\d)"
)
_IP_4: Final = r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]|-\d)"
_IP_6: Final = r"(?<![\w:.])[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{3,34}(?![\w:])"
_Judge = Callable[[re.Match[str]], int]
# What is looked for, the surest first: in words, by which pattern, and what says where a match ends, or that it is none.
_PATTERNS: Final[tuple[tuple[str, re.Pattern[str], _Judge], ...]] = tuple(
    (kind, re.compile(pattern, re.ASCII), judge)
    for kind, pattern, judge in (
        ("a key or token", _KEY, _whole),
        ("a mail address", _MAIL, _mail),
        ("an account number (IBAN)", _IBAN, _account),
        ("a card number", _CARD, _card),
        ("a phone number", _PHONE, _phone),
        ("an IP address", _IP_4, _ip_4),
        ("an IP address", _IP_6, _ip_6),
    )
)
