//! What signed tokens have to say to be believed here.

use argus_credentials::jwt::Algorithm;

/// Whose tokens are believed, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenSettings {
    /// The name of this installation as an issuer of access tokens. Without one, no access token is believed.
    pub issuer: Option<String>,
    /// What tokens name as their audience, to be presented to this installation.
    pub audience: String,
    /// What clocks may differ by, in seconds; a minute at most.
    pub leeway_seconds: i64,
    /// How many verified tokens are remembered.
    pub remembered: usize,
    /// Others whose tokens are believed, about the subjects that keys are registered for.
    pub issuers: Vec<TrustedIssuer>,
}

/// An issuer whose tokens are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedIssuer {
    /// Its name, `iss`.
    pub issuer: String,
    /// Where its keys are. Nothing that a token says leads elsewhere.
    pub jwks_url: String,
    /// What its tokens for this installation are meant for, `aud`.
    pub audience: String,
    /// What it signs with.
    pub algorithms: Vec<Algorithm>,
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self {
            issuer: None,
            audience: "argus".to_owned(),
            leeway_seconds: 30,
            remembered: 100_000,
            issuers: Vec::new(),
        }
    }
}
