//! The fields of an answer that tell of limits: `RateLimit-Policy`, `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11,
//! lists of structured fields) and `Retry-After` (RFC 9110 §10.2.3).

use std::fmt::Write as _;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use super::counted::Counted;

const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Limits that the fields tell of: their room is narrow on the way.
const MOST: usize = 32;

/// The largest integer of a structured field (RFC 8941 §3.3.1).
const LARGEST: u64 = 999_999_999_999_999;

/// The fields, written.
#[derive(Debug, Clone, Default)]
pub(crate) struct LimitFields {
    policy: String,
    standing: String,
    retry_after: Option<u64>,
}

impl LimitFields {
    /// What there is to tell. Names of limits are of letters, digits and `._-`, with `:` behind whose they are.
    pub(super) fn of(counted: &Counted<'_>) -> Self {
        let mut fields = Self { retry_after: counted.retry_after_seconds, ..Self::default() };
        for standing in counted.standings.iter().take(MOST) {
            let separator = if fields.policy.is_empty() { "" } else { ", " };
            let (name, limit) = (standing.name, standing.limit.min(LARGEST));
            let (remaining, reset) = (standing.remaining.min(LARGEST), standing.reset_seconds.min(LARGEST));
            // A string takes whatever is written.
            let _ = write!(fields.policy, "{separator}\"{name}\";q={limit};w={}", standing.window_seconds);
            let _ = write!(fields.standing, "{separator}\"{name}\";r={remaining};t={reset}");
        }
        fields
    }

    /// Puts them into an answer.
    pub(crate) fn put(&self, headers: &mut HeaderMap) {
        for (name, text) in [(RATE_LIMIT_POLICY, &self.policy), (RATE_LIMIT, &self.standing)] {
            if let (false, Ok(value)) = (text.is_empty(), HeaderValue::from_str(text)) {
                headers.insert(name, value);
            }
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}
