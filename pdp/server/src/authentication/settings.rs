//! What signed tokens have to say to be believed here.

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
}

impl Default for TokenSettings {
    fn default() -> Self {
        Self { issuer: None, audience: "argus".to_owned(), leeway_seconds: 30, remembered: 100_000 }
    }
}
