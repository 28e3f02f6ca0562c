//! What stands in `{{…}}`, put in: the innermost first.

use std::collections::BTreeMap;

/// Puts in all that is asked for.
pub(crate) fn fill(text: &str, words: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    while let Some((start, end)) = innermost(&text) {
        let word = word(&text[start + 2..end], words);
        text.replace_range(start..end + 2, &word);
    }
    text
}

/// The first closing pair, and the opening one before it.
fn innermost(text: &str) -> Option<(usize, usize)> {
    // A claim ends with braces as well: those that close nothing of ours have no name before them.
    let starts: Vec<usize> = text.match_indices("{{").map(|(at, _)| at).collect();
    starts.into_iter().rev().find_map(|start| text[start..].find("}}").map(|end| (start, start + end)))
}

fn word(asked: &str, words: &BTreeMap<String, String>) -> String {
    if let Some(rest) = asked.strip_prefix("repeat:") {
        let (what, times) = rest.rsplit_once(':').unwrap();
        return what.repeat(times.parse().unwrap());
    }
    if let Some(rest) = asked.strip_prefix("jwt:") {
        let parts: Vec<&str> = rest.split('|').collect();
        let [header, claims, signature] = parts[..] else { panic!("a token has three parts: {rest}") };
        return format!("{}.{}.{signature}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
    }
    words.get(asked).unwrap_or_else(|| panic!("nothing is called {asked}")).clone()
}

/// RFC 4648 §5, without padding.
fn base64url(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

#[test]
fn what_stands_in_braces_is_put_in() {
    let words = BTreeMap::from([("key".to_owned(), "k".to_owned())]);
    assert_eq!(fill("a {{key}} {{repeat:xy:3}}", &words), "a k xyxyxy");
    assert_eq!(fill(r#"{{jwt:{"a":"{{key}}"} |[]|s}}"#, &words), "eyJhIjoiayJ9IA.W10.s");
    assert_eq!(base64url(b"fo"), "Zm8");
}
