//! What stands in `{{…}}`, put in: the innermost first.
//!
//! | what | becomes |
//! |---|---|
//! | `a word` | the key, id or token of the installation of that name |
//! | `repeat:text:times` | the text, that often |
//! | `in:seconds` | the moment so many seconds from now, or before now, in Unix seconds |
//! | `jwt:header\|claims\|signature` | a token, its signature as it stands there |
//! | `rs256:header\|claims\|signer` | a token that the `holder` or a `stranger` has signed, whatever its header says |
//! | `hs256:header\|claims\|key` | a token with a tag by the octets of the key |
//! | `signature:header\|claims\|signer` | the signature of such a token alone |

use std::collections::BTreeMap;

use chrono::Utc;

use crate::signing::{base64url, hs256, rs256};

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
    let Some((kind, rest)) = asked.split_once(':') else {
        return words.get(asked).unwrap_or_else(|| panic!("nothing is called {asked}")).clone();
    };
    match kind {
        "repeat" => {
            let (what, times) = rest.rsplit_once(':').unwrap();
            what.repeat(times.parse().unwrap())
        }
        "in" => (Utc::now().timestamp() + rest.parse::<i64>().unwrap()).to_string(),
        _ => token(kind, rest),
    }
}

fn token(kind: &str, parts: &str) -> String {
    let parts: Vec<&str> = parts.split('|').collect();
    let [header, claims, last] = parts[..] else { panic!("a token has three parts: {parts:?}") };
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
    match kind {
        "jwt" => format!("{message}.{last}"),
        "rs256" => format!("{message}.{}", rs256(&message, last)),
        "hs256" => format!("{message}.{}", hs256(&message, last)),
        "signature" => rs256(&message, last),
        other => panic!("nothing is made by {other}"),
    }
}

#[test]
fn what_stands_in_braces_is_put_in() {
    let words = BTreeMap::from([("key".to_owned(), "k".to_owned())]);
    assert_eq!(fill("a {{key}} {{repeat:xy:3}}", &words), "a k xyxyxy");
    assert_eq!(fill(r#"{{jwt:{"a":"{{key}}"} |[]|s}}"#, &words), "eyJhIjoiayJ9IA.W10.s");
    let signed = fill("{{rs256:{}|[]|holder}}", &words);
    assert_eq!(signed, fill("{{jwt:{}|[]|{{signature:{}|[]|holder}}}}", &words));
    assert_ne!(signed, fill("{{rs256:{}|[]|stranger}}", &words));
}
