//! Where the installation is found, as it is told to those who integrate with it.

use thiserror::Error;

/// The addresses that stand in guidance. Each is a base URL without `/` at its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addresses {
    /// The decision point; none where this process doesn't know one.
    pub(crate) decisions: Option<String>,
    /// The administration API.
    pub(crate) administration: Option<String>,
    /// What tokens name as their issuer; its token endpoint stands beneath it.
    pub(crate) issuer: Option<String>,
}

/// An address that can't stand in guidance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{}` is no address: it begins with http:// or https:// and has no blank, quote or `$`", .0.escape_debug())]
pub struct NotAnAddress(String);

impl Addresses {
    /// Takes the addresses. They come to stand in programs: what could end a string there is refused.
    pub fn new(
        decisions: Option<&str>,
        administration: Option<&str>,
        issuer: Option<&str>,
    ) -> Result<Self, NotAnAddress> {
        let read = |text: Option<&str>| text.map(address).transpose();
        Ok(Self { decisions: read(decisions)?, administration: read(administration)?, issuer: read(issuer)? })
    }

    /// Those that are known, each with what is found there.
    pub(crate) fn known(&self) -> Vec<(&'static str, String)> {
        let all = [("decisions", &self.decisions), ("administration", &self.administration), ("tokens", &self.issuer)];
        all.into_iter().filter_map(|(name, address)| Some((name, address.clone()?))).collect()
    }

    /// What tokens name as their issuer.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }
}

fn address(text: &str) -> Result<String, NotAnAddress> {
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!&()*+,;=%".contains(c);
    if is_web && text.chars().all(is_plain) {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err(NotAnAddress(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_no_string_in_any_language() {
        let known = Addresses::new(Some("http://127.0.0.1:8180/"), None, Some("https://argus.example/x")).unwrap();
        assert_eq!(known.decisions.as_deref(), Some("http://127.0.0.1:8180"));
        for text in [
            "",
            "ftp://x",
            "http://x\"",
            "http://x'",
            "http://$(id)",
            "http://x y",
            "http://`id`",
            "http://\\",
            "http://{x}",
        ] {
            assert!(Addresses::new(None, Some(text), None).is_err(), "{text}");
        }
    }
}
