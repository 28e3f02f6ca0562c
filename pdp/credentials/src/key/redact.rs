//! A second net for logs, errors and panics: text in which no key can be read any more.
//!
//! The first net is that secrets have their own type. This one is for text from elsewhere, a URL, a header that somebody
//! chose to log, a message of a library.

use std::borrow::Cow;

use super::{Environment, ID};
use crate::base62;
use crate::webhook::PREFIX;

/// What the prefixes of all environments begin with.
const COMMON_PREFIX: &str = "argus_";

/// Replaces the secret part of every key in a text, and of every part of a key that goes beyond its id, by `…`. The id
/// stays, so that the owner of what leaked can be found. Of what webhooks are signed with, all but `whsec_` is replaced.
///
/// ```
/// use argus_credentials::redact;
///
/// let line = "GET /?key=argus_live_4fT0nWq9ZxLkHq8sT3vYc2Lm&page=2";
/// assert_eq!(redact(line), "GET /?key=argus_live_4fT0nWq9ZxLk…&page=2");
/// assert_eq!(redact("signed with whsec_MfKQ9r8G+Kyq/A==, argus_live_4fT0nWq9ZxLkHq"),
///     "signed with whsec_…, argus_live_4fT0nWq9ZxLk…");
/// assert_eq!(redact("nothing to hide"), "nothing to hide");
/// ```
pub fn redact(text: &str) -> Cow<'_, str> {
    let mut redacted = String::new();
    let mut rest = text;
    while let Some((before, after)) = next_secret(rest) {
        redacted.push_str(before);
        redacted.push('…');
        rest = after;
    }
    if redacted.is_empty() {
        return Cow::Borrowed(text);
    }
    redacted.push_str(rest);
    Cow::Owned(redacted)
}

/// The text before the first secret, with what tells of which sort it is, and the text after it.
fn next_secret(text: &str) -> Option<(&str, &str)> {
    let key = next_key(text).map(|(before, secret)| (before, secret.trim_start_matches(is_base62)));
    match (key, next_of_webhook(text)) {
        (Some(key), Some(webhook)) => Some(if key.0.len() < webhook.0.len() { key } else { webhook }),
        (key, webhook) => key.or(webhook),
    }
}

/// What webhooks are signed with tells nothing else: all but its prefix is hidden.
fn next_of_webhook(text: &str) -> Option<(&str, &str)> {
    text.match_indices(PREFIX).find_map(|(start, prefix)| {
        let (before, secret) = text.split_at_checked(start + prefix.len())?;
        let after = secret.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c));
        (after.len() < secret.len()).then_some((before, after))
    })
}

/// The text up to the first secret of a key, its id included, and the text from the secret on.
fn next_key(text: &str) -> Option<(&str, &str)> {
    let prefixes = [Environment::Live, Environment::Test].map(Environment::prefix);
    text.match_indices(COMMON_PREFIX).find_map(|(start, _)| {
        let key = text.get(start..)?;
        let body = prefixes.iter().find_map(|prefix| key.strip_prefix(prefix))?;
        let secret = body.trim_start_matches(is_base62).len() + ID < body.len();
        let id_end = start + (key.len() - body.len()) + ID;
        secret.then(|| text.split_at_checked(id_end)).flatten()
    })
}

fn is_base62(character: char) -> bool {
    u8::try_from(character).is_ok_and(|octet| base62::value(octet).is_some())
}
