//! Where Redis is, how long it may take, and what happens without it.

use std::fmt;
use std::time::Duration;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};
use thiserror::Error;

/// What happens to uses of keys with limits while Redis is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhenAway {
    /// This node counts its share of them by itself: all shares together are the limit.
    #[default]
    LocalShare,
    /// This node counts them by itself, each whole.
    Local,
    /// They are admitted uncounted.
    Allow,
    /// They are refused.
    Deny,
}

impl WhenAway {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::LocalShare, Self::Local, Self::Allow, Self::Deny];

    /// Its word, in settings and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LocalShare => "local-share",
            Self::Local => "local",
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// How limits are counted together with other nodes.
#[derive(Debug, Clone)]
pub struct RedisSettings {
    /// Where Redis is.
    pub url: RedisUrl,
    /// How long an answer is waited for.
    pub timeout: Duration,
    /// What happens without it.
    pub away: WhenAway,
}

impl RedisSettings {
    /// How long an answer is waited for where nothing is set: some hundred times of what it takes in one network.
    pub const TIMEOUT: Duration = Duration::from_millis(50);
}

/// Where a Redis or Valkey is, and by what name and password it is used. Shown without them.
#[derive(Clone)]
pub struct RedisUrl(ConnectionInfo);

/// A text that isn't one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is no address of a Redis server")]
pub struct RedisUrlError;

impl RedisUrl {
    /// Reads `redis://…`, `rediss://…` (TLS) or `redis+unix://…`.
    pub fn parse(text: &str) -> Result<Self, RedisUrlError> {
        let info = text.into_connection_info().map_err(|_| RedisUrlError)?;
        // With `#insecure` any certificate would do.
        let is_safe = !matches!(info.addr(), ConnectionAddr::TcpTls { insecure: true, .. });
        if is_safe { Ok(Self(info)) } else { Err(RedisUrlError) }
    }

    pub(super) fn info(&self) -> ConnectionInfo {
        self.0.clone()
    }
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.0.addr() {
            ConnectionAddr::TcpTls { .. } => "rediss",
            ConnectionAddr::Unix(_) => "redis+unix",
            _ => "redis",
        };
        write!(f, "{scheme}://{}", self.0.addr())
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password_and_one_that_believes_any_certificate_is_none() {
        let shown = |text| RedisUrl::parse(text).map(|url| format!("{url} {url:?}"));
        let told = "rediss://redis.example:6380 RedisUrl(rediss://redis.example:6380)";
        assert_eq!(shown("rediss://argus:opens@redis.example:6380/2").as_deref(), Ok(told));
        assert!(shown("redis://127.0.0.1").is_ok_and(|shown| shown.starts_with("redis://127.0.0.1:6379 ")));
        assert_eq!(shown("rediss://redis.example:6380/#insecure"), Err(RedisUrlError));
        assert_eq!(shown("https://redis.example"), Err(RedisUrlError));
    }
}
