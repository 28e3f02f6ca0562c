//! Credentials in addresses, which end in logs, histories and referrers: seen however they are written.

use crate::Environment;

/// Where RFC 6750 §2.3 has a token in an address, which need not look like a key.
const TOKEN_PARAMETER: &str = "access_token";

/// Whether a key or a token stands in the path or the query of an address, percent-encoded or not.
pub fn stands_in_address(path: &str, query: Option<&str>) -> bool {
    holds_key(path) || query.is_some_and(|query| holds_key(query) || has_token(query))
}

/// Whether a text holds what keys begin with, percent-encoded or not.
fn holds_key(text: &str) -> bool {
    let holds = |text: &str| [Environment::Live, Environment::Test].iter().any(|of| text.contains(of.prefix()));
    holds(text) || text.contains('%') && holds(&decode(text))
}

/// Whether a query has the parameter of tokens, whatever it holds.
fn has_token(query: &str) -> bool {
    query.split('&').filter_map(|pair| pair.split('=').next()).any(|name| decode(name) == TOKEN_PARAMETER)
}

fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return String::from_utf8_lossy(&decoded).into_owned(),
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hex(*high) << 4 | hex(*low));
                rest
            }
            [octet, rest @ ..] => {
                decoded.push(*octet);
                rest
            }
        };
    }
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_seen_however_it_is_written() {
        for text in
            ["key=argus_live_x", "a/argus_test_x", "k=%61rgus_live_", "k=argus%5Flive_", "k=%61%72gus%5flive%5F"]
        {
            assert!(holds_key(text), "{text}");
        }
        for text in ["/pdp", "organisation=argus", "project=argus_reader", "a=%61rgus", "%", "%zz", ""] {
            assert!(!holds_key(text), "{text}");
        }
    }

    #[test]
    fn a_token_is_seen_by_the_name_of_its_parameter() {
        for query in ["access_token=a.b.c", "x=1&access%5ftoken=a.b.c", "access_token"] {
            assert!(has_token(query), "{query}");
        }
        for query in ["", "token=a.b.c", "x=access_token", "access_tokens=1"] {
            assert!(!has_token(query), "{query}");
        }
    }
}
