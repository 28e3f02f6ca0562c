//! The secret that webhooks are signed with, as Standard Webhooks has it: shown as `whsec_` and base64, kept sealed.

use std::fmt;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::{
    master::{MasterKey, MasterKeyError, Place},
    random,
    secret::Secret,
};

/// What every secret begins with, as it is shown.
pub(crate) const PREFIX: &str = "whsec_";

/// Octets of a new secret.
const OCTETS: usize = 32;

/// What a webhook's requests are signed with. Wiped when it is dropped.
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl WebhookSecret {
    /// Draws a secret.
    pub fn generate() -> Result<Self, MasterKeyError> {
        let mut octets = Zeroizing::new(vec![0; OCTETS]);
        random::fill(octets.as_mut_slice())?;
        Ok(Self(octets))
    }

    /// As whoever verifies the requests gets it.
    pub fn to_text(&self) -> Secret {
        let mut text = String::with_capacity(PREFIX.len() + OCTETS.div_ceil(3) * 4);
        text.push_str(PREFIX);
        STANDARD.encode_string(self.0.as_slice(), &mut text);
        Secret::new(text)
    }

    /// Seals it for the contact that it is of, as its secret of this version.
    pub fn wrap(&self, master: &MasterKey, contact: &str, version: u32) -> Result<String, MasterKeyError> {
        master.wrap(&self.0, place(contact, version))
    }

    /// Opens what was sealed for this contact as its secret of this version.
    pub fn unwrap(envelope: &str, master: &MasterKey, contact: &str, version: u32) -> Result<Self, MasterKeyError> {
        Ok(Self(master.unwrap(envelope, place(contact, version))?))
    }

    /// The signature of a message: `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64.
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let tag = sign(&Key::new(HMAC_SHA256, &self.0), format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    }
}

fn place(contact: &str, version: u32) -> Place<'_> {
    Place { table: "contacts", row: contact, version }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_standards_own_example() {
        // From the specification of Standard Webhooks.
        let secret = WebhookSecret(Zeroizing::new(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()));
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_shown_as_it_signs_and_opens_in_its_own_row_alone() {
        let master = MasterKey::generate().unwrap();
        let secret = WebhookSecret::generate().unwrap();
        let shown = secret.to_text();
        assert_eq!(STANDARD.decode(shown.expose().strip_prefix(PREFIX).unwrap()).unwrap(), *secret.0);
        let envelope = secret.wrap(&master, "a", 1).unwrap();
        assert_eq!(*WebhookSecret::unwrap(&envelope, &master, "a", 1).unwrap().0, *secret.0);
        assert!(WebhookSecret::unwrap(&envelope, &master, "b", 1).is_err());
        assert!(WebhookSecret::unwrap(&envelope, &master, "a", 2).is_err());
    }
}
