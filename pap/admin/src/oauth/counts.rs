//! What is counted at the endpoints of OAuth, for `/metrics`: by endpoint and error, and by nothing else, for the number
//! of clients has no bound.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::{OauthCode, OauthRefused};

/// An endpoint of OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OauthEndpoint {
    /// `/oauth/token`.
    Token,
    /// `/oauth/introspect`.
    Introspect,
    /// `/oauth/revoke`.
    Revoke,
}

/// Counts since the process began.
#[derive(Debug, Default)]
pub struct OauthCounts {
    issued: AtomicU64,
    active: AtomicU64,
    inactive: AtomicU64,
    revoked: AtomicU64,
    refused: [[AtomicU64; OauthCode::NAMES.len()]; OauthEndpoint::ALL.len()],
}

impl OauthEndpoint {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Token, Self::Introspect, Self::Revoke];

    /// The one of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.as_str() == name)
    }

    /// As it is called in addresses, and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
        }
    }
}

impl OauthCounts {
    /// Tokens that were issued.
    pub fn issued(&self) -> u64 {
        self.issued.load(Relaxed)
    }

    /// Tokens that somebody asked about and that were good; and those that were worth nothing, or none of his business.
    pub fn introspected(&self) -> [u64; 2] {
        [&self.active, &self.inactive].map(|count| count.load(Relaxed))
    }

    /// Tokens that were revoked by themselves.
    pub fn revoked(&self) -> u64 {
        self.revoked.load(Relaxed)
    }

    /// Refusals: endpoint, error and how many, where there was one.
    pub fn refused(&self) -> impl Iterator<Item = (OauthEndpoint, &'static str, u64)> {
        OauthEndpoint::ALL.into_iter().zip(&self.refused).flat_map(|(endpoint, by_error)| {
            let counts = OauthCode::NAMES.into_iter().zip(by_error.iter().map(|count| count.load(Relaxed)));
            counts.filter(|(_, count)| *count > 0).map(move |(error, count)| (endpoint, error, count))
        })
    }

    /// One request that was refused.
    pub fn count_refusal(&self, endpoint: OauthEndpoint, refused: &OauthRefused) {
        let error = OauthCode::NAMES.iter().position(|name| *name == refused.code.as_str());
        let count = self.refused.get(endpoint as usize).zip(error).and_then(|(by_error, error)| by_error.get(error));
        if let Some(count) = count {
            count.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn count_issued(&self) {
        self.issued.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_introspected(&self, is_active: bool) {
        let count = if is_active { &self.active } else { &self.inactive };
        count.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_revoked(&self) {
        self.revoked.fetch_add(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_place_of_its_own() {
        let codes = [
            OauthCode::InvalidRequest,
            OauthCode::InvalidClient,
            OauthCode::UnauthorizedClient,
            OauthCode::UnsupportedGrantType,
            OauthCode::InvalidScope,
            OauthCode::InvalidTarget,
            OauthCode::UnsupportedTokenType,
            OauthCode::InvalidToken,
            OauthCode::TemporarilyUnavailable { retry_after_seconds: 1 },
            OauthCode::ServerError,
        ];
        let counts = OauthCounts::default();
        for (number, code) in codes.iter().enumerate() {
            for _ in 0..=number {
                counts.count_refusal(OauthEndpoint::Revoke, &OauthRefused::new(*code, "no"));
            }
        }
        let expected: Vec<_> =
            codes.iter().zip(1..).map(|(code, count)| (OauthEndpoint::Revoke, code.as_str(), count)).collect();
        assert_eq!(counts.refused().collect::<Vec<_>>(), expected);
    }
}
