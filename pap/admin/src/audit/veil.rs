//! How people's data is hidden: AES-256-GCM under a key for each person, which is wrapped under the master key.

use argus_credentials::Place;
use argus_store::audit::Veil;
use argus_store::{OrganisationId, PersonId};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::AuditKeys;

type Cause = Box<dyn std::error::Error + Send + Sync>;

impl Veil for AuditKeys {
    fn digest(&self, organisation: OrganisationId, name: &str) -> String {
        let tag = hmac::sign(self.names(), format!("{organisation} {name}").as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }

    fn new_key(&self, person: PersonId) -> Result<String, Cause> {
        let mut key = Zeroizing::new([0; 32]);
        rand::fill(&mut *key)?;
        Ok(self.master().wrap(&*key, place(&person.to_string()))?)
    }

    fn seal(&self, person: PersonId, envelope: &str, text: &str) -> Result<String, Cause> {
        let key = self.open_key(person, envelope).ok_or("the key of a person doesn't open")?;
        let mut sealed = text.as_bytes().to_vec();
        let nonce = key.seal_in_place_append_tag(bound_to(person), &mut sealed)?;
        let sealed: Vec<u8> = nonce.as_ref().iter().chain(&sealed).copied().collect();
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open(&self, person: PersonId, envelope: &str, sealed: &str) -> Option<String> {
        let key = self.open_key(person, envelope)?;
        let mut sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = sealed.split_first_chunk_mut::<NONCE_LEN>()?;
        let opened = key.open_in_place(Nonce::from(&*nonce), bound_to(person), sealed).ok()?;
        str::from_utf8(opened).ok().map(str::to_owned)
    }
}

impl AuditKeys {
    fn open_key(&self, person: PersonId, envelope: &str) -> Option<RandomizedNonceKey> {
        let key = self.master().unwrap(envelope, place(&person.to_string())).ok()?;
        RandomizedNonceKey::new(&AES_256_GCM, &key).ok()
    }
}

/// What the envelope of a person's key is bound to.
fn place(person: &str) -> Place<'_> {
    Place { table: "persons", row: person, version: 1 }
}

/// What a sealed text is bound to: it says nothing of another person.
fn bound_to(person: PersonId) -> Aad<String> {
    Aad::from(format!("argus audit person {person}"))
}
