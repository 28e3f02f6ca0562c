//! What `fn:matches` says of each case where other families of regular expressions differ, and properties.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Pattern, PatternCache, Shape};

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}")).is_match(text).unwrap()
}

/// Pattern, a text that it matches, a text that it doesn't.
#[rustfmt::skip]
static FACTS: &[(&str, &str, &str)] = &[
    ("b",                       "abc",          "ac"),
    ("^b",                      "bc",           "abc"),
    ("b$",                      "ab",           "ab\n"),
    ("^a$",                     "a",            "x\na"),
    ("^(ab|cd)+$",              "abcd",         "abc"),
    ("[a-z-[aeiou]]",           "b",            "e"),
    ("[^a-z-[A-Z]]",            "1",            "B"),
    ("[a-z-[a-m-[c]]]",         "c",            "d"),
    (r"^\i\c*$",                "_x:y-1",       "-x"),
    (r"^\I$",                   "1",            "a"),
    (r"^\C$",                   " ",            "-"),
    (r"^\p{IsBasicLatin}+$",    "abc~",         "é"),
    (r"^\P{IsBasicLatin}+$",    "é",            "e"),
    (r"^\p{IsGreek}$",          "\u{37E}",      "\u{1F00}"),
    (r"^[\p{IsGreekExtended}]", "\u{1F00}",     "\u{3B1}"),
    (r"^\w$",                   "+",            "_"),
    (r"^\W$",                   "_",            "é"),
    (r"^\s$",                   "\t",           "\u{A0}"),
    (r"^\S$",                   "\u{A0}",       "\r"),
    (r"^\d$",                   "٣",            "½"),
    (r"^\D$",                   "½",            "7"),
    ("^[a&&b]$",                "&",            "c"),
    ("^[a--b]$",                "-",            "c"),
    ("^[a~~b]$",                "~",            "c"),
    ("^[a[b]$",                 "[",            "c"),
    ("^[a^b]$",                 "^",            "c"),
    ("^[+-]$",                  "-",            ","),
    ("^[-+]$",                  "-",            ","),
    (r"^[\w-]$",                "-",            "."),
    (r"^[\--a]$",               "A",            "b"),
    (r"^[^\d\s]$",              "x",            "1"),
    (r"^[^\P{Lu}]$",            "X",            "x"),
    (r"^[\P{L}\P{N}]$",         "x",            ""),
    ("^.$",                     "\u{2028}",     "\r"),
    ("^a.c$",                   "abc",          "a\nc"),
    (r"^\p{Lu}\P{Lu}$",         "Ab",           "AB"),
    (r"^\p{C}$",                "\u{378}",      "a"),
    (r"^a{2}$",                 "aa",           "aaa"),
    (r"^a{2,}$",                "aaa",          "a"),
    (r"^a{0,1}?b??c*?d+?$",     "abccd",        "abbd"),
    (r"^\n\r\t\\\|\.\-\^\?\*\+\{\}\(\)\[\]\$$", "\n\r\t\\|.-^?*+{}()[]$", "x"),
    ("^(|a)b()$",               "ab",           "aab"),
    ("^#x~& $",                 "#x~& ",        "#x~&"),
    (r"^(a|b)\1$",              "bb",           "ab"),
    (r"^((a)|b)\2$",            "b",            "ba"),
    (r"^(a)(b)(c)\11$",         "abca1",        "abca"),
    (r"^([a-z-[aeiou]])\P{Lu}\1$", "b-b",       "a-a"),
    (r"^(.)[\P{L}\P{N}]\1.$",   "axa-",         "axa\n"),
    ("",                        "",             "\u{0}"),
];

#[test]
fn each_pattern_means_what_xpath_says() {
    for (pattern, yes, no) in FACTS {
        assert!(matches(pattern, yes), "{pattern} on {yes:?}");
        // The empty pattern matches everything.
        assert_eq!(matches(pattern, no), pattern.is_empty(), "{pattern} on {no:?}");
    }
}

#[test]
fn what_is_not_in_the_syntax_is_refused_where_it_stands() {
    let refused = [
        (r"a\b", 1),
        ("(?i)a", 1),
        ("(?<n>a)", 1),
        ("(?:a)", 1),
        ("(?=a)", 1),
        (r"\x41", 0),
        (r"\A", 0),
        (r"a\z", 1),
        (r"\pL", 0),
        (r"\p{Greek}", 0),
        (r"\p{IsKlingon}", 0),
        (r"\p{Cs}", 0),
        (r"\u0041", 0),
        (r"\/", 0),
        (r"\", 0),
        ("é*+", 3),
        ("a**", 2),
        ("*a", 0),
        ("a{2,1}", 1),
        ("a{,2}", 2),
        ("a{x}", 2),
        ("a{2", 3),
        ("a{99999999999}", 2),
        ("a}", 1),
        ("a]", 1),
        ("[[:alpha:]]", 10),
        ("(a", 0),
        ("a)", 1),
        ("[a", 0),
        ("[]", 0),
        ("[^]", 0),
        ("[z-a]", 1),
        (r"[a-\d]", 3),
        ("[a-[b]c]", 6),
        ("[a-[]]", 2),
        (r"\1", 0),
        (r"(a\1)", 2),
        (r"\1(a)", 0),
        ("(a{1,1000}){1,1000}", 0),
        (r"(a{5000})\1{10000}", 0),
    ];
    for (pattern, offset) in refused {
        let error = Pattern::parse(pattern).expect_err(pattern);
        assert_eq!(error.offset, offset, "{pattern}: {error}");
    }
}

#[test]
fn deep_nesting_is_refused_not_followed() {
    for deep in ["(".repeat(100_000), "[a-".repeat(100_000), "(a".repeat(1_000) + &")".repeat(1_000)] {
        assert!(Pattern::parse(&deep).is_err());
    }
    let deepest = "(a".repeat(50) + &")*".repeat(50);
    assert!(matches(&deepest, "a"));
    assert!(matches(&format!(r"(b){deepest}\1"), "bab"));
}

#[test]
fn a_back_reference_that_never_ends_is_an_error() {
    let pattern = Pattern::parse(r"^(a|aa)+\1$").unwrap();
    let error = pattern.is_match(&("a".repeat(40) + "!")).unwrap_err();
    assert!(error.message.contains("steps back"), "{error}");
    // Without a back-reference there is no such thing.
    assert!(!matches("^(a+)+b$", &"a".repeat(10_000)));
}

#[test]
fn literals_in_disguise_are_recognised() {
    let shapes = [
        ("^abc$", Shape::Equals("abc")),
        (r"^10\.1\.", Shape::StartsWith("10.1.")),
        ("^a.*", Shape::StartsWith("a")),
        ("^a.*?", Shape::StartsWith("a")),
        (r"\.pdf$", Shape::EndsWith(".pdf")),
        (r".*\.pdf$", Shape::EndsWith(".pdf")),
        ("a/b", Shape::Contains("a/b")),
        (".*a.*", Shape::Contains("a")),
        ("", Shape::Contains("")),
        ("^", Shape::StartsWith("")),
        ("$", Shape::EndsWith("")),
        ("^$", Shape::Equals("")),
        ("^a.*$", Shape::Other),
        ("^.*a", Shape::Other),
        ("a.*$", Shape::Other),
        ("^a|b", Shape::Other),
        ("^a?$", Shape::Other),
        ("(a)", Shape::Other),
        ("a$b", Shape::Other),
    ];
    for (pattern, shape) in shapes {
        assert_eq!(Pattern::parse(pattern).unwrap().shape(), shape, "{pattern}");
    }
}

#[test]
fn the_prefix_that_every_match_has_is_known() {
    let prefixes = [
        (r"^10\.1\.2\.[0-9]+", Some("10.1.2.")),
        ("^abc$", Some("abc")),
        ("^abc.*$", Some("abc")),
        ("^ab+c", Some("ab")),
        ("^ab*c", Some("a")),
        ("^ab{0}c", Some("a")),
        (r"^a(b)\1", Some("a")),
        ("^[ab]", None),
        ("^a|b", None),
        ("^*a[b]", None),
        ("a[b]", None),
    ];
    for (pattern, prefix) in prefixes {
        assert_eq!(Pattern::parse(pattern).unwrap().required_prefix(), prefix, "{pattern}");
    }
}

#[test]
fn a_prefix_with_an_open_rest_does_not_cross_lines() {
    assert!(matches("^/a/.*$", "/a/b"));
    assert!(!matches("^/a/.*$", "/a/b\nc"));
    assert!(!matches("^/a/.*$", "/b/"));
}

#[test]
fn equal_texts_share_one_pattern() {
    let cache = PatternCache::bounded(2);
    let first = cache.pattern("^a[0-9]").unwrap();
    assert!(Arc::ptr_eq(&first, &cache.pattern("^a[0-9]").unwrap()));
    assert!(cache.pattern("(").is_err());
    cache.pattern("b").unwrap();
    assert_eq!(cache.len(), 2);
    cache.pattern("c").unwrap();
    assert_eq!(cache.len(), 1);
}

#[test]
fn patterns_go_between_threads() {
    fn is_shareable<T: Send + Sync>() {}
    is_shareable::<Pattern>();
    is_shareable::<PatternCache>();
}

/// Texts made of what the syntax is made of, so that many are accepted.
fn pattern_like() -> impl Strategy<Value = String> {
    #[rustfmt::skip]
    let parts = prop::sample::select(vec![
        "a", "b", "c", "é", "z", "^", "$", ".", "|", "(", ")", "[", "]", "[^", "-", "-[", "{2}", "{1,3}", "?", "*", "+", "&&",
        "--", "~~", r"\d", r"\W", r"\i", r"\c", r"\s", r"\p{L}", r"\P{IsGreek}", r"\1", r"\2", r"\.", r"\-", "#", " ",
    ]);
    prop::collection::vec(parts, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    /// Whatever is accepted compiles, and matching it is at worst an error of the budget.
    #[test]
    fn what_is_accepted_can_be_matched(text in pattern_like(), subject in "[abcé^z\n-]{0,8}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            prop_assert!(pattern.is_match(&subject).is_ok(), "{}", text);
            if let (Ok(true), Some(prefix)) = (pattern.is_match(&subject), pattern.required_prefix()) {
                prop_assert!(subject.starts_with(prefix), "{} on {:?}", text, subject);
            }
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,40}") {
        let _ = Pattern::parse(&text);
    }

    /// Comparing a literal and matching the same pattern in a group, which is never taken for a literal, agree.
    #[test]
    fn literals_are_compared_as_they_would_match(
        core in "[ab.]{0,3}", start in "(\\^)?(\\.\\*)?", end in "(\\.\\*)?(\\$)?", subject in "[ab\n]{0,5}",
    ) {
        let plain = format!("{start}{core}{end}");
        prop_assert_eq!(matches(&plain, &subject), matches(&format!("({plain})"), &subject), "{}", plain);
    }
}
