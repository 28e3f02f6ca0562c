//! The text of a token, taken apart before anything of it is believed (RFC 7515 §5.2, RFC 7519 §7.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::claims::Claims;
use super::public_key::PublicKey;
use super::{Algorithm, JwtFault};
use crate::json::read_json;

/// Octets of the longest token that is looked at.
pub const LONGEST_JWT: usize = 16 * 1024;

/// A token that is well formed. Nothing it says is known to be true.
#[derive(Debug)]
pub struct Jwt<'t> {
    message: &'t str,
    signature: &'t str,
    header: Header,
    claims: Claims,
}

/// What counts of a header.
#[derive(Debug)]
struct Header {
    algorithm: Algorithm,
    kind: Option<Box<str>>,
    key_id: Option<Box<str>>,
}

/// Members by which a token would bring its own key (RFC 7515 §4.1.2, §4.1.3, §4.1.5, §4.1.6).
const EMBEDDED_KEYS: [&str; 4] = ["jku", "jwk", "x5u", "x5c"];

/// The types that a token may have in one of the classes, and whether it may have none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Types {
    pub(super) names: &'static [&'static str],
    pub(super) may_be_absent: bool,
}

impl<'t> Jwt<'t> {
    /// Takes a token apart.
    pub fn read(text: &'t str) -> Result<Self, JwtFault> {
        if text.len() > LONGEST_JWT {
            return Err(JwtFault::TooLong);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(JwtFault::Parts)?;
        let (header, claims) = message.split_once('.').ok_or(JwtFault::Parts)?;
        if claims.contains('.') {
            return Err(JwtFault::Parts);
        }
        decode(signature)?;
        Ok(Self { message, signature, header: Header::read(&object(header)?)?, claims: Claims(object(claims)?) })
    }

    /// Who says to have issued it: whose keys are to be asked.
    pub fn issuer(&self) -> Result<&str, JwtFault> {
        self.claims.required_text("iss")
    }

    /// The client that it says to be issued to.
    pub fn client_id(&self) -> Result<&str, JwtFault> {
        self.claims.required_text("client_id")
    }

    /// The key that it says to be signed with, by its id.
    pub fn key_id(&self) -> Option<&str> {
        self.header.key_id.as_deref()
    }

    /// The algorithm that it says to be signed with: to choose among keys by, where nothing else tells them apart.
    pub fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    /// Type, algorithm and signature, in this order. The claims may be believed afterwards.
    pub(super) fn verify(&self, types: Types, key: &PublicKey, algorithms: &[Algorithm]) -> Result<&Claims, JwtFault> {
        types.check(self.header.kind.as_deref())?;
        if self.header.algorithm != key.algorithm() || !algorithms.contains(&key.algorithm()) {
            return Err(JwtFault::Algorithm);
        }
        if key.verifies(self.message, self.signature) { Ok(&self.claims) } else { Err(JwtFault::Signature) }
    }
}

impl Header {
    fn read(members: &Map<String, Value>) -> Result<Self, JwtFault> {
        if members.contains_key("crit") {
            return Err(JwtFault::Critical);
        }
        if EMBEDDED_KEYS.iter().any(|name| members.contains_key(*name)) {
            return Err(JwtFault::EmbeddedKey);
        }
        let algorithm = members.get("alg").and_then(Value::as_str).and_then(Algorithm::parse);
        let algorithm = algorithm.ok_or(JwtFault::Algorithm)?;
        let text = |name: &str, fault| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str().into())),
            Some(_) => Err(fault),
        };
        Ok(Self { algorithm, kind: text("typ", JwtFault::Type)?, key_id: text("kid", JwtFault::UnknownKey)? })
    }
}

impl Types {
    /// Media types are compared without regard to case, and `application/` may be left out (RFC 7515 §4.1.9).
    fn check(self, given: Option<&str>) -> Result<(), JwtFault> {
        let is_one = |given: &str| {
            let given = match given.split_at_checked(12) {
                Some((first, rest)) if first.eq_ignore_ascii_case("application/") => rest,
                _ => given,
            };
            self.names.iter().any(|name| name.eq_ignore_ascii_case(given))
        };
        if given.map_or(self.may_be_absent, is_one) { Ok(()) } else { Err(JwtFault::Type) }
    }
}

fn object(part: &str) -> Result<Map<String, Value>, JwtFault> {
    match read_json(&decode(part)?) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(JwtFault::Json),
    }
}

/// One spelling for each sequence of octets: no padding, and no bits that mean nothing.
fn decode(part: &str) -> Result<Vec<u8>, JwtFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtFault::Encoding)
}
