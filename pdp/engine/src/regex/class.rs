//! The characters behind a backslash: single ones, the class letters of XML Schema, categories and blocks.

use super::blocks;
use super::syntax::Item;

/// The character that `\n`, `\.` and their like stand for.
pub(super) fn single(escaped: char) -> Option<char> {
    match escaped {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\\' | '|' | '.' | '-' | '^' | '?' | '*' | '+' | '{' | '}' | '(' | ')' | '[' | ']' | '$' => Some(escaped),
        _ => None,
    }
}

/// The set behind a class letter; its capital is the complement.
pub(super) fn letter(escaped: char) -> Option<Item> {
    let set = |text, negated| Some(Item::Set { text, negated });
    match escaped {
        'd' => set(DIGIT, false),
        'D' => set(DIGIT, true),
        's' => set(SPACE, false),
        'S' => set(SPACE, true),
        // A word character is defined by what it is not.
        'w' => set(NOT_WORD, true),
        'W' => set(NOT_WORD, false),
        'i' => set(NAME_START, false),
        'I' => set(NAME_START, true),
        'c' => set(NAME, false),
        'C' => set(NAME, true),
        _ => None,
    }
}

/// The set that `\p{name}` (or `\P{name}`, when negated) stands for.
pub(super) fn property(name: &str, negated: bool) -> Option<Item> {
    if let Some(block) = name.strip_prefix("Is") {
        let (first, last) = blocks::find(block)?;
        return Some(if negated { Item::Outside(first, last) } else { Item::Range(first, last) });
    }
    let (_, text) = CATEGORIES.iter().find(|(known, _)| *known == name)?;
    Some(Item::Set { text, negated })
}

const DIGIT: &str = r"\p{Nd}";
const SPACE: &str = r"\x{20}\x{9}\x{A}\x{D}";
const NOT_WORD: &str = r"\p{P}\p{Z}\p{C}";

/// `NameStartChar` of XML 1.0, fifth edition.
const NAME_START: &str = concat!(
    r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}\x{200D}",
    r"\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}",
);

/// `NameChar` of XML 1.0, fifth edition.
const NAME: &str = concat!(
    r":A-Z_a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{37D}\x{37F}-\x{1FFF}\x{200C}\x{200D}",
    r"\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}",
    r"\-.0-9\x{B7}\x{203F}\x{2040}",
);

/// The general categories that XML Schema names. `Cs` is not among them: surrogates are not characters.
#[rustfmt::skip]
static CATEGORIES: &[(&str, &str)] = &[
    ("L", r"\p{L}"), ("Lu", r"\p{Lu}"), ("Ll", r"\p{Ll}"), ("Lt", r"\p{Lt}"), ("Lm", r"\p{Lm}"), ("Lo", r"\p{Lo}"),
    ("M", r"\p{M}"), ("Mn", r"\p{Mn}"), ("Mc", r"\p{Mc}"), ("Me", r"\p{Me}"),
    ("N", r"\p{N}"), ("Nd", r"\p{Nd}"), ("Nl", r"\p{Nl}"), ("No", r"\p{No}"),
    ("P", r"\p{P}"), ("Pc", r"\p{Pc}"), ("Pd", r"\p{Pd}"), ("Ps", r"\p{Ps}"), ("Pe", r"\p{Pe}"), ("Pi", r"\p{Pi}"),
    ("Pf", r"\p{Pf}"), ("Po", r"\p{Po}"),
    ("Z", r"\p{Z}"), ("Zs", r"\p{Zs}"), ("Zl", r"\p{Zl}"), ("Zp", r"\p{Zp}"),
    ("S", r"\p{S}"), ("Sm", r"\p{Sm}"), ("Sc", r"\p{Sc}"), ("Sk", r"\p{Sk}"), ("So", r"\p{So}"),
    ("C", r"\p{C}"), ("Cc", r"\p{Cc}"), ("Cf", r"\p{Cf}"), ("Co", r"\p{Co}"), ("Cn", r"\p{Cn}"),
];
