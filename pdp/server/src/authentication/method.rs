//! How somebody proved who he is: what `urn:argus:attribute:authentication-method` says.

/// How a key was presented. A closed list, whose words policies and `argus help authentication` share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// By the key itself.
    ApiKey,
    /// By a token that its holder, or an issuer that is trusted, has signed.
    Jwt,
    /// By an access token of this installation.
    ClientCredentials,
    /// By a client certificate.
    MutualTls,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 4] = [Self::ApiKey, Self::Jwt, Self::ClientCredentials, Self::MutualTls];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::Jwt => "jwt",
            Self::ClientCredentials => "client_credentials",
            Self::MutualTls => "mtls",
        }
    }
}
