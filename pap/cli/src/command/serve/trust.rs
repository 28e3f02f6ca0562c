//! Whose signed tokens a server believes, besides its own: audience, clocks, trusted issuers, and where their keys may be.

use std::str::FromStr;

use argus_credentials::jwt::{Algorithm, LONGEST_LEEWAY_SECONDS};
use argus_pdp::{Reach, TokenSettings, TrustedIssuer};
use argus_store::KeyId;
use reqwest::Url;
use serde::Deserialize;
use toml::Spanned;

use super::failure::settings;
use crate::failure::Failure;

/// An issuer in the settings file: a table of `[[trusted_issuer]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssuerEntry {
    /// Its name, the `iss` of its tokens.
    issuer: Spanned<String>,
    /// Where its keys are.
    jwks_url: Spanned<String>,
    /// What its tokens for this installation name as `aud`.
    audience: Spanned<String>,
    /// What it signs with; RS256 unless said.
    #[serde(default)]
    algorithms: Vec<Spanned<String>>,
}

/// What is wrong with an entry, and where in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongEntry {
    pub(super) at: usize,
    pub(super) message: String,
}

/// What was set of tokens, besides the issuers.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) audience: Option<String>,
    pub(super) leeway_seconds: Option<u32>,
    /// Private networks that sets of keys may be fetched from.
    pub(super) networks: Vec<String>,
    pub(super) plain_http: bool,
}

/// Whose tokens are believed, and where sets of keys may be fetched.
#[derive(Debug, Default)]
pub(super) struct Trust {
    tokens: TokenSettings,
    pub(super) reach: Reach,
}

impl IssuerEntry {
    /// The issuer, unless something is wrong with it, or one of `known` has its name.
    pub(super) fn read(self, known: &[TrustedIssuer]) -> Result<TrustedIssuer, WrongEntry> {
        let wrong = |at: &Spanned<String>, message: String| Err(WrongEntry { at: at.span().start, message });
        let name = self.issuer.get_ref();
        if name.trim().is_empty() || name.parse::<KeyId>().is_ok() {
            return wrong(&self.issuer, format!("`{name}` is no issuer"));
        }
        if known.iter().any(|other| other.issuer == *name) {
            return wrong(&self.issuer, format!("two entries are of the issuer `{name}`"));
        }
        let url = Url::parse(self.jwks_url.get_ref()).ok().filter(is_of_keys);
        if url.is_none() {
            let message = format!("`{}` is no `https://` address that keys are fetched from", self.jwks_url.get_ref());
            return wrong(&self.jwks_url, message);
        }
        if self.audience.get_ref().trim().is_empty() {
            return wrong(&self.audience, "the audience is empty: tokens for anybody would be for us".to_owned());
        }
        let mut algorithms = Vec::with_capacity(self.algorithms.len());
        for text in &self.algorithms {
            let Some(algorithm) = Algorithm::parse(text.get_ref()) else {
                let offered = Algorithm::ALL.map(Algorithm::as_str).join(", ");
                return wrong(text, format!("`{}` is none of {offered}", text.get_ref()));
            };
            algorithms.push(algorithm);
        }
        if algorithms.is_empty() {
            algorithms.push(Algorithm::Rs256);
        }
        Ok(TrustedIssuer {
            issuer: self.issuer.into_inner(),
            jwks_url: self.jwks_url.into_inner(),
            audience: self.audience.into_inner(),
            algorithms,
        })
    }
}

/// Over plain HTTP only from this machine; whether that is allowed, another setting says.
fn is_of_keys(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_here = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    (url.scheme() == "https" || url.scheme() == "http" && is_here) && !has_credentials
}

/// Networks, as they were given by a flag. An empty variable is one that was taken back.
pub(super) fn read_networks<N: FromStr>(texts: &[String], flag: &str) -> Result<Vec<N>, Failure> {
    let given = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let read = |text: &str| {
        text.parse().map_err(|_| {
            settings(format!("`{text}` is no network"))
                .help(format!("write it as 10.0.0.0/8, joined by commas, with {flag}"))
        })
    };
    given.map(read).collect()
}

impl Trust {
    pub(super) fn read(asked: Asked, issuers: Vec<TrustedIssuer>) -> Result<Self, Failure> {
        let usual = TokenSettings::default();
        let leeway_seconds = asked.leeway_seconds.map_or(usual.leeway_seconds, i64::from);
        if leeway_seconds > LONGEST_LEEWAY_SECONDS {
            return Err(settings(format!("clocks can't differ by {leeway_seconds} s and tokens still have an end"))
                .help(format!(
                    "set 0 to {LONGEST_LEEWAY_SECONDS} with --token-leeway-seconds (ARGUS_TOKEN_LEEWAY_SECONDS)"
                )));
        }
        let audience = asked.audience.unwrap_or(usual.audience);
        let networks = read_networks(&asked.networks, "--jwks-networks (ARGUS_JWKS_NETWORKS)")?;
        let reach = Reach { networks, ..Reach::default() };
        let reach = if asked.plain_http { reach.with_this_machine() } else { reach };
        Ok(Self { tokens: TokenSettings { audience, leeway_seconds, issuers, ..usual }, reach })
    }

    /// The settings of an installation that issues tokens under a name of its own.
    pub(super) fn tokens(&self, issuer: Option<&str>) -> Result<TokenSettings, Failure> {
        if self.tokens.issuers.iter().any(|other| Some(other.issuer.as_str()) == issuer) {
            let name = issuer.unwrap_or_default();
            return Err(settings(format!(
                "`{name}` is this installation itself, and can't be trusted as another issuer"
            ))
            .help("take the entry out of the settings file"));
        }
        Ok(TokenSettings { issuer: issuer.map(str::to_owned), ..self.tokens.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(asked: Asked) -> Result<Trust, Failure> {
        Trust::read(asked, Vec::new())
    }

    #[test]
    fn what_is_set_of_tokens_is_bounded() {
        let usual = trust(Asked::default()).unwrap();
        let tokens = usual.tokens(Some("https://argus.example")).unwrap();
        assert_eq!((tokens.audience.as_str(), tokens.leeway_seconds), ("argus", 30));
        assert_eq!((tokens.issuer.as_deref(), usual.reach.networks.len()), (Some("https://argus.example"), 0));
        let refused = trust(Asked { leeway_seconds: Some(61), ..Asked::default() }).unwrap_err();
        assert!(refused.to_text().contains("--token-leeway-seconds"), "{}", refused.to_text());
        let refused = trust(Asked { networks: vec!["10.0.0.0/33".to_owned()], ..Asked::default() }).unwrap_err();
        assert!(refused.to_text().contains("--jwks-networks"), "{}", refused.to_text());
        let open = trust(Asked {
            networks: vec!["10.0.0.0/8".to_owned(), String::new()],
            plain_http: true,
            ..Asked::default()
        });
        let reach = open.unwrap().reach;
        assert!(reach.plain_http_on_loopback && reach.networks.len() == 3);
    }

    #[test]
    fn an_installation_is_no_other_issuer_to_itself() {
        let entry = TrustedIssuer {
            issuer: "https://argus.example".to_owned(),
            jwks_url: "https://argus.example/jwks.json".to_owned(),
            audience: "x".to_owned(),
            algorithms: vec![Algorithm::Rs256],
        };
        let trust = Trust::read(Asked::default(), vec![entry]).unwrap();
        assert!(trust.tokens(Some("https://argus.example")).is_err() && trust.tokens(None).is_ok());
    }
}
