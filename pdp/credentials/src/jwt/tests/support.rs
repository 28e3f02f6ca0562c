//! Signers, and tokens that are put together from any text at all.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::crypto::sign;
use serde_json::{Map, Value, json};

use crate::jwt::{
    AccessToken, AccessTokenRules, Algorithm, IssuerRules, IssuerToken, Jwt, JwtFault, KeySet, PublicKey, SelfSigned,
    SelfSignedRules, Use,
};

pub(super) const LEEWAY_SECONDS: i64 = 30;
pub(super) const NOW: i64 = 1_800_000_000;
pub(super) const KEY: &str = "019a3c5e-0000-7000-8000-000000000001";
pub(super) const ARGUS: &str = "https://argus.example";
pub(super) const ISSUER: &str = "https://issuer.example";
pub(super) const AUDIENCE: &str = "argus";

/// A key pair.
pub(super) struct Pair {
    pub(super) algorithm: Algorithm,
    pub(super) private: EncodingKey,
    pub(super) jwk: Map<String, Value>,
}

/// Of this installation, of the holder of the key, of the issuer, and of nobody in particular.
pub(super) static OURS: LazyLock<Pair> = LazyLock::new(|| rsa("ours"));
pub(super) static HOLDERS: LazyLock<Pair> = LazyLock::new(|| rsa("holders"));
pub(super) static ISSUERS: LazyLock<Pair> = LazyLock::new(|| rsa("issuers"));
pub(super) static STRANGERS: LazyLock<Pair> = LazyLock::new(|| rsa("strangers"));
pub(super) static CURVE: LazyLock<Pair> = LazyLock::new(|| p256("curve"));
pub(super) static EDWARDS: LazyLock<Pair> = LazyLock::new(|| ed25519("edwards"));

impl Pair {
    pub(super) fn public(&self) -> PublicKey {
        PublicKey::read(&self.jwk).unwrap()
    }

    fn name(&self) -> &str {
        self.jwk["kid"].as_str().unwrap()
    }

    /// Signs whatever header and claims.
    pub(super) fn sign(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = sign(message.as_bytes(), &self.private, self.algorithm.of_library()).unwrap();
        format!("{message}.{signature}")
    }
}

pub(super) fn encode(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn jwk(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn rsa(kid: &str) -> Pair {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let number = |number: &[u8]| encode(number);
    let (n, e) = (number(public.modulus().big_endian_without_leading_zero()), "AQAB");
    let private: Vec<u8> = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap().as_ref().to_vec();
    let private = EncodingKey::from_rsa_pem(pem(&private).as_bytes()).unwrap();
    Pair { algorithm: Algorithm::Rs256, private, jwk: jwk(&json!({"kty": "RSA", "kid": kid, "n": n, "e": e})) }
}

fn p256(kid: &str) -> Pair {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let private = pair.to_pkcs8v1().unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let jwk = jwk(&json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": encode(x), "y": encode(y)}));
    Pair {
        algorithm: Algorithm::Es256,
        private: EncodingKey::from_ec_pem(pem(private.as_ref()).as_bytes()).unwrap(),
        jwk,
    }
}

fn ed25519(kid: &str) -> Pair {
    let pair = Ed25519KeyPair::generate().unwrap();
    let private = pair.to_pkcs8v1().unwrap();
    let jwk = jwk(&json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encode(pair.public_key())}));
    let private = EncodingKey::from_ed_pem(pem(private.as_ref()).as_bytes()).unwrap();
    Pair { algorithm: Algorithm::EdDsa, private, jwk }
}

fn pem(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

/// What a token is presented as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Access,
    Bearer,
    Assertion,
    Issuer,
}

impl Class {
    pub(super) const ALL: [Self; 4] = [Self::Access, Self::Bearer, Self::Assertion, Self::Issuer];

    /// Who signs it.
    pub(super) fn signer(self) -> &'static Pair {
        match self {
            Self::Access => &OURS,
            Self::Bearer | Self::Assertion => &HOLDERS,
            Self::Issuer => &ISSUERS,
        }
    }

    /// The header of a right one.
    pub(super) fn header(self) -> Value {
        let kind = if self == Self::Access { "at+jwt" } else { "JWT" };
        json!({"alg": "RS256", "typ": kind, "kid": self.signer().name()})
    }

    /// The claims of a right one.
    pub(super) fn claims(self) -> Value {
        match self {
            Self::Access => json!({"iss": ARGUS, "aud": AUDIENCE, "sub": KEY, "client_id": KEY, "jti": "j-1",
                                   "iat": NOW - 10, "exp": NOW + 600, "scope": "acme/atlas:read"}),
            Self::Bearer => json!({"iss": KEY, "sub": KEY, "aud": AUDIENCE, "exp": NOW + 600, "iat": NOW - 10}),
            Self::Assertion => json!({"iss": KEY, "sub": KEY, "aud": ARGUS, "exp": NOW + 60, "jti": "j-2"}),
            Self::Issuer => json!({"iss": ISSUER, "sub": "ci", "aud": "https://argus.example/", "exp": NOW + 600}),
        }
    }

    /// A right one.
    pub(super) fn token(self) -> String {
        self.signer().sign(&self.header().to_string(), &self.claims().to_string())
    }

    /// One with another header.
    pub(super) fn with_header(self, members: &Value) -> String {
        self.signer().sign(&changed(self.header(), members).to_string(), &self.claims().to_string())
    }

    /// One with other claims.
    pub(super) fn with_claims(self, members: &Value) -> String {
        self.signer().sign(&self.header().to_string(), &changed(self.claims(), members).to_string())
    }

    /// Who issues it, and whose keys are known of him.
    pub(super) fn issuer(self) -> (&'static str, [&'static Pair; 2]) {
        match self {
            Self::Access => (ARGUS, [&OURS, &CURVE]),
            Self::Bearer | Self::Assertion => (KEY, [&HOLDERS, &EDWARDS]),
            Self::Issuer => (ISSUER, [&ISSUERS, &EDWARDS]),
        }
    }

    /// The claims without which it is none.
    pub(super) fn required(self) -> &'static [&'static str] {
        match self {
            Self::Access => &["iss", "exp", "aud", "sub", "client_id", "iat", "jti"],
            Self::Bearer | Self::Issuer => &["iss", "sub", "aud", "exp"],
            Self::Assertion => &["iss", "sub", "aud", "exp", "jti"],
        }
    }

    /// Verifies a token as one of this class, as a verifier does.
    pub(super) fn verify(self, token: &str) -> Result<(), JwtFault> {
        let jwt = Jwt::read(token)?;
        let issuer = jwt.issuer()?;
        let (wanted, keys) = self.issuer();
        if issuer != wanted {
            return Err(JwtFault::Issuer);
        }
        let keys = KeySet::new(keys.map(Pair::public).to_vec());
        let (key, leeway_seconds) = (keys.find(&jwt)?, LEEWAY_SECONDS);
        let signed = |used_as, audience: &str| {
            let audiences = [audience.to_owned()];
            let rules = SelfSignedRules { key: KEY, audiences: &audiences, used_as, leeway_seconds };
            SelfSigned::verify(&jwt, key, &Algorithm::ALL, &rules, NOW).map(drop)
        };
        match self {
            Self::Access => {
                let audiences = [AUDIENCE.to_owned(), ARGUS.to_owned()];
                let rules = AccessTokenRules { issuer: ARGUS, audiences: Some(&audiences), leeway_seconds };
                AccessToken::verify(&jwt, key, &rules, NOW).map(drop)
            }
            Self::Bearer => signed(Use::Bearer, AUDIENCE),
            Self::Assertion => signed(Use::Assertion, ARGUS),
            Self::Issuer => {
                let algorithms = &[Algorithm::Rs256];
                let audience = "https://argus.example/";
                let rules = IssuerRules { issuer: ISSUER, audience, algorithms, leeway_seconds };
                IssuerToken::verify(&jwt, key, &rules, NOW).map(drop)
            }
        }
    }
}

/// An object with other members; `null` takes one out.
fn changed(mut object: Value, members: &Value) -> Value {
    for (name, member) in members.as_object().unwrap() {
        if member.is_null() {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = member.clone();
        }
    }
    object
}
